// What a person does: choose, search, filter, move about; with the pointer or with keys alone.
let chosen = -1;

function choose(number, { move = true } = {}) {
  chosen = number;
  cards.forEach((card) => card.classList.remove("chosen", "up", "downstream"));
  wayLayer.replaceChildren();
  map.classList.toggle("focused", number >= 0);
  document.body.classList.toggle("open", number >= 0);
  if (number < 0) {
    byId("details").hidden = true;
    map.removeAttribute("aria-activedescendant");
    history.replaceState(null, "", location.pathname + location.search);
    return show();
  }
  const [up, downstream] = [reach(number, false), reach(number, true)];
  for (const [found, name, arrow] of [[up, "up", "←"], [downstream, "downstream", "→"]]) {
    for (const [other, distance] of found.distance) {
      cards[other].classList.add(name);
      const [box, text] = cards[other].querySelector(".far").children;
      text.textContent = name === "downstream" && up.distance.has(other) ? `${text.textContent} ${arrow}${distance}` : arrow + distance;
      box.setAttribute("width", 34 + 6 * (text.textContent.length - 2));
      box.setAttribute("x", -17 - 3 * (text.textContent.length - 2));
    }
    const kind = name === "up" ? "up" : "down";
    const mine = found.ways.map((one) => edges[one]);
    for (const ring of [false, true]) {
      const some = mine.filter((edge) => edge.ring >= 0 === ring);
      if (some.length) wayLayer.append(svg("path", { class: `way ${kind}${ring ? " ring" : ""}`, d: some.map(pathOf).join("") }), svg("path", { class: `wayhead ${kind}`, d: some.map(headOf).join("") }));
    }
  }
  cards[number].classList.add("chosen");
  cardLayer.append(cards[number]);
  map.setAttribute("aria-activedescendant", `card-${number}`);
  tell(number, up, downstream);
  history.replaceState(null, "", "#" + encodeURIComponent(systems[number].id));
  if (move) centre(number);
  else show();
}

// Filters: any of a group, all of the groups.
const GROUPS = {
  status: { names: STATES, icon: healthIcon, of: (system) => [system.status] },
  tier: { names: TIERS, icon: tierIcon, of: (system) => [system.tier] },
  mark: { names: { findings: "Findings", ring: "Circles" }, icon: () => null, of: (system) => [system.findings_total && "findings", system.ring >= 0 && "ring"] },
};
const wanted = { status: new Set(), tier: new Set(), mark: new Set() };

function offerFilters() {
  const bar = byId("filters");
  for (const [group, { names, icon, of }] of Object.entries(GROUPS)) {
    if (bar.childElementCount) bar.append(html("i"));
    for (const [name, title] of Object.entries(names)) {
      const count = systems.filter((system) => of(system).includes(name)).length;
      if (!count) continue;
      const toggle = (event) => {
        const on = !wanted[group].delete(name) && wanted[group].add(name) !== null;
        event.currentTarget.setAttribute("aria-pressed", on);
        sift();
      };
      bar.append(html("button", { type: "button", "aria-pressed": "false", "data-filter": name, onclick: toggle }, icon(name), title, html("b", {}, count.toLocaleString("en"))));
    }
  }
}

function sift() {
  const active = Object.entries(wanted).filter(([, names]) => names.size);
  let left = 0;
  systems.forEach((system, number) => {
    const fits = active.every(([group, names]) => GROUPS[group].of(system).some((name) => names.has(name)));
    cards[number].classList.toggle("dim", !fits);
    left += fits;
  });
  const parts = [plural(systems.length, "system"), plural(edges.length, "flow")];
  if (page.rings.length) parts.push(plural(page.rings.length, "circle"));
  parts.push(plural(page.findings, "open finding"), `as of ${when(page.made_at)}`);
  byId("summary").textContent = (active.length ? `${left.toLocaleString("en")} of ` : "") + parts.join(" · ");
}

// Search: every word somewhere in a system; names count more than resources.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const texts = systems.map((one) => [plain(`${one.name} ${one.id}`), plain(`${one.owner} ${one.description}`), plain([...one.reads, ...one.writes].map((access) => access.resource).join(" ") + " " + one.contracts.map((c) => c.id).join(" "))]);
const hits = byId("hits");
const search = byId("search");
let marked = 0;

function find(typed) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const scored = texts.map((fields, number) => {
    let score = 0;
    for (const word of words) {
      const best = fields.findIndex((text) => text.includes(word));
      if (best < 0) return [0, number];
      score += [8, 3, 1][best] + (fields[0].split(/[\s_.:/-]+/).some((part) => part.startsWith(word)) ? 4 : 0);
    }
    return [score, number];
  });
  return scored.filter(([score]) => score).sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, number]) => number);
}

function offerHits() {
  const found = find(search.value);
  const asked = search.value.trim() !== "";
  cards.forEach((card) => card.classList.remove("hit"));
  found.slice(0, 200).forEach((number) => cards[number].classList.add("hit"));
  hits.hidden = !asked;
  search.setAttribute("aria-expanded", asked);
  marked = 0;
  const lines = found.slice(0, 12).map((number, place) => {
    const system = systems[number];
    return html("li", { role: "option", id: `hit-${place}`, "data-to": number, "aria-selected": place === 0, onpointerdown: (event) => (event.preventDefault(), take(number)) }, healthIcon(system.status), html("b", {}, system.name), tierIcon(system.tier), html("small", {}, [system.id, system.owner].filter(Boolean).join(" · ")));
  });
  if (found.length > 12) lines.push(html("li", { class: "none" }, `and ${(found.length - 12).toLocaleString("en")} more`));
  hits.replaceChildren(...(found.length ? lines : [html("li", { class: "none" }, "Nothing is called so.")]));
}

function take(number) {
  search.value = "";
  offerHits();
  search.blur();
  map.focus({ preventScroll: true });
  choose(number);
}

search.addEventListener("input", offerHits);
search.addEventListener("blur", () => (hits.hidden = true));
search.addEventListener("focus", () => search.value.trim() && offerHits());
search.addEventListener("keydown", (event) => {
  const options = [...hits.querySelectorAll("[data-to]")];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    marked = Math.min(options.length - 1, Math.max(0, marked + (event.key === "ArrowDown" ? 1 : -1)));
    options.forEach((one, place) => one.setAttribute("aria-selected", place === marked));
    if (options[marked]) search.setAttribute("aria-activedescendant", options[marked].id);
  } else if (event.key === "Enter" && options[marked]) take(Number(options[marked].dataset.to));
  else if (event.key === "Escape") (search.value = ""), offerHits(), search.blur();
});

// From card to card with the arrow keys: left to what feeds it, right to what reads it, up and down to its neighbours.
function neighbour(key) {
  if (chosen < 0) return systems.length ? 0 : -1;
  const here = systems[chosen];
  const along = { ArrowLeft: inward[chosen].map((one) => edges[one].from), ArrowRight: outward[chosen].map((one) => edges[one].to) }[key];
  const others = along ?? systems.map((_, number) => number).filter((number) => (key === "ArrowUp") === systems[number].y < here.y && systems[number].y !== here.y);
  const far = (number) => Math.abs(systems[number].y - here.y) + (along ? 0 : 3 * Math.abs(systems[number].x - here.x));
  return others.reduce((best, number) => (best < 0 || far(number) < far(best) ? number : best), -1);
}

document.addEventListener("keydown", (event) => {
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { "/": () => search.focus(), "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: () => showAll(), Escape: () => choose(-1) };
  if (event.key.startsWith("Arrow") && event.target === map) {
    const next = neighbour(event.key);
    if (next >= 0) choose(next);
  } else if (event.key === "Enter" && event.target === map && chosen >= 0) byId("details").querySelector(".to, .close").focus();
  else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
});

// The pointer: drag, pinch, wheel, click, and a tip for what it rests on.
const held = new Map();
let travelled = 0;
const place = (event) => [event.clientX - map.getBoundingClientRect().left, event.clientY - map.getBoundingClientRect().top];
const target = (event, name) => Number(event.target.closest?.(`[data-${name}]`)?.dataset[name] ?? -1);

map.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), ...place(event));
}, { passive: false });
map.addEventListener("pointerdown", (event) => {
  held.set(event.pointerId, { at: place(event), card: target(event, "card") });
  travelled = held.size > 1 ? 99 : 0;
});
map.addEventListener("pointermove", (event) => {
  const one = held.get(event.pointerId);
  if (!one) return hover(event);
  const at = place(event);
  const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
  travelled += Math.hypot(at[0] - one.at[0], at[1] - one.at[1]);
  if (travelled > 4 && !map.hasPointerCapture(event.pointerId)) map.setPointerCapture(event.pointerId);
  if (other) zoom(Math.hypot(at[0] - other.at[0], at[1] - other.at[1]) / (Math.hypot(one.at[0] - other.at[0], one.at[1] - other.at[1]) || 1), ...other.at);
  else if (travelled > 4) travel({ ...view, x: view.x - (at[0] - one.at[0]) / view.k, y: view.y - (at[1] - one.at[1]) / view.k }, false);
  map.classList.toggle("dragged", travelled > 4);
  byId("tip").hidden = true;
  one.at = at;
});
for (const end of ["pointerup", "pointercancel"])
  map.addEventListener(end, (event) => {
    const one = held.get(event.pointerId);
    held.delete(event.pointerId);
    map.classList.remove("dragged");
    if (one && travelled <= 4 && end === "pointerup") choose(one.card, { move: one.card >= 0 && view.k < 0.4 });
  });
map.addEventListener("pointerleave", () => (byId("tip").hidden = true));
map.addEventListener("dblclick", (event) => zoom(1.8, ...place(event), true));

function hover(event) {
  const tip = byId("tip");
  const [card, edge] = [target(event, "card"), target(event, "edge")];
  tip.hidden = card < 0 && edge < 0;
  if (tip.hidden) return;
  if (card >= 0) tip.replaceChildren(html("b", {}, systems[card].name), html("span", {}, `${STATES[systems[card].status]} · ${TIERS[systems[card].tier]}`), html("span", {}, systems[card].reason));
  else {
    const { from, to, what, more, firm } = edges[edge];
    tip.replaceChildren(html("b", {}, `${systems[from].name} → ${systems[to].name}`), ...what.map((one) => html("span", {}, one)), more ? html("span", {}, `and ${more} more`) : "", firm ? "" : html("span", {}, "inferred, not declared"));
  }
  const [x, y] = place(event);
  tip.style.left = `${Math.min(x + 14, map.clientWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > map.clientHeight ? y - tip.offsetHeight - 10 : y + 18}px`;
}

function toOverview(event) {
  const box = overview.getBoundingClientRect();
  const { width, height } = room();
  const [x, y] = [(event.clientX - box.left - dots.left) / dots.scale, (event.clientY - box.top - dots.top) / dots.scale];
  travel({ ...view, x: x - width / 2 / view.k, y: y - height / 2 / view.k }, event.type === "pointerdown");
}
overview.addEventListener("pointerdown", (event) => (overview.setPointerCapture(event.pointerId), toOverview(event)));
overview.addEventListener("pointermove", (event) => event.buttons && toOverview(event));

byId("closer").addEventListener("click", () => zoom(1.4, undefined, undefined, true));
byId("farther").addEventListener("click", () => zoom(1 / 1.4, undefined, undefined, true));
byId("fit").addEventListener("click", () => showAll());
byId("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark";
  show();
});
addEventListener("resize", show);
document.getElementById("patterns")?.addEventListener("toggle", show);

function explain() {
  const line = (kind, extra = "") => svg("svg", { width: 34, height: 14, viewBox: "0 0 34 14", "aria-hidden": "true" }, svg("path", { class: `${kind}`, d: "M1 7H26" }), svg("path", { class: extra, d: "M33 7l-9 -4.5v9z" }));
  const column = (title, ...rows) => html("section", {}, html("h2", {}, title), html("ul", {}, ...rows.map((row) => html("li", {}, ...row))));
  byId("legend").append(
    html("details", systems.length <= 60 && innerHeight > 620 ? { open: "" } : {}, html("summary", {}, "Legend"),
      html("div", {},
        column("Health", ...Object.entries(STATES).map(([name, title]) => [healthIcon(name), title])),
        column("Tier", ...Object.entries(TIERS).map(([name, title]) => [tierIcon(name), title])),
        column("Flow", [line("edge", "head"), "writes → reads"], [line("edge guessed", "head"), "inferred"], [line("edge ring", "head ring"), "closes a circle"], [line("way up", "wayhead up"), "feeds the chosen"], [line("way down", "wayhead down"), "depends on it"]))));
}

offerFilters();
explain();
sift();
showAll(false);
const named = systems.findIndex((one) => encodeURIComponent(one.id) === location.hash.slice(1));
if (named >= 0) choose(named);

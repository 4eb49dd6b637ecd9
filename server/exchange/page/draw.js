// The map itself: cards and the edges between them, where the layout has put them.
const MANY = 1200; // edges above which they are drawn as a few long paths, without a tip of their own
const map = byId("map");
const root = svg("g", {});
const edgeLayer = svg("g", { class: "edges" });
const wayLayer = svg("g", { class: "ways" });
const cardLayer = svg("g", { class: "cards" });
const gauge = document.createElement("canvas").getContext("2d");

// As much of the text as fits, cut between characters as people see them.
function fitted(text, width, font) {
  gauge.font = font;
  if (gauge.measureText(text).width <= width) return text;
  const parts = Intl.Segmenter ? [...new Intl.Segmenter().segment(text.slice(0, 120))].map((one) => one.segment) : Array.from(text.slice(0, 120));
  while (parts.length && gauge.measureText(parts.join("") + "…").width > width) parts.pop();
  return parts.join("").trimEnd() + "…";
}

function pathOf(edge) {
  const from = systems[edge.from];
  const to = systems[edge.to];
  const half = cardWidth / 2;
  const [x1, x2] = [from.x + half, to.x - half - 7];
  if (to.x < from.x + cardWidth * 0.6) {
    const low = Math.max(from.y, to.y) + cardHeight * 0.95; // a way back runs below both
    return `M${x1} ${from.y}C${x1 + 46} ${from.y} ${x1 + 46} ${low} ${x1 - 10} ${low}H${x2 + 10}C${x2 - 46} ${low} ${x2 - 46} ${to.y} ${x2} ${to.y}`;
  }
  let path = `M${x1} ${from.y}`;
  let [x, y] = [x1, from.y];
  for (const [bx, by] of edge.bends) {
    const middle = (x + bx - half) / 2;
    path += `C${middle} ${y} ${middle} ${by} ${bx - half} ${by}H${bx + half}`;
    [x, y] = [bx + half, by];
  }
  const pull = Math.max(24, (x2 - x) / 2);
  return path + `C${x + pull} ${y} ${x2 - pull} ${to.y} ${x2} ${to.y}`;
}

function headOf(edge) {
  const x = systems[edge.to].x - cardWidth / 2 - 1;
  const { y } = systems[edge.to];
  return `M${x} ${y}l-9 -4.5v9z`;
}

const kindOf = (edge) => (edge.ring >= 0 ? "ring" : edge.firm ? "" : "guessed");

function drawEdges() {
  for (const kind of ["", "guessed", "ring"]) {
    const mine = edges.filter((edge) => kindOf(edge) === kind);
    if (!mine.length) continue;
    edgeLayer.append(svg("path", { class: `edge ${kind}`, d: mine.map(pathOf).join("") }), svg("path", { class: `head ${kind}`, d: mine.map(headOf).join("") }));
  }
  if (edges.length > MANY) return;
  edges.forEach((edge, number) => edgeLayer.append(svg("path", { class: "touch", d: pathOf(edge), "data-edge": number })));
}

function drawCard(system, number) {
  const left = -cardWidth / 2;
  const room = cardWidth - 58 - (system.ring >= 0 ? 18 : 0);
  const group = svg(
    "g",
    {
      class: `card status-${system.status} tier-${system.tier}`,
      id: `card-${number}`,
      role: "img",
      "aria-label": `${system.name}, ${TIERS[system.tier]}, ${STATES[system.status]}`,
      transform: `translate(${system.x} ${system.y})`,
      "data-card": number,
    },
    svg("path", { class: "halo", d: outline(system.tier, cardWidth + 9, cardHeight + 9) }),
    svg("path", { class: "shape", d: outline(system.tier, cardWidth, cardHeight) }),
    glyph(system.status, left + 25, 0),
    svg("text", { class: "name", x: left + 44, y: -3 }, fitted(system.name, room, "600 13.5px system-ui")),
    svg("text", { class: "large", x: left + 44, y: 7 }, fitted(system.name, cardWidth - 54, "600 20px system-ui")),
    svg("text", { class: "under", x: left + 44, y: 15 }, fitted(system.owner || (system.name === system.id ? TIERS[system.tier] : system.id), room, "11.5px system-ui")),
  );
  if (system.ring >= 0) group.append(svg("path", { class: "round", d: `M${-left - 18} -6a6.5 6.5 0 1 0 1.6 7M${-left - 17.6} -11v5.4h-5.4` }));
  if (system.findings_total) {
    const text = system.findings_total > 99 ? "99+" : String(system.findings_total);
    const width = 12 + 6.5 * text.length;
    group.append(svg("g", { class: "count", transform: `translate(${-left - 22} ${-cardHeight / 2})` }, svg("rect", { x: -width / 2, y: -8.5, width, height: 17, rx: 8.5 }), svg("text", { y: 3.8 }, text)));
  }
  const far = svg("g", { class: "far", transform: `translate(${left + 26} ${-cardHeight / 2})` }, svg("rect", { x: -17, y: -9.5, width: 34, height: 19, rx: 9.5 }), svg("text", { y: 4 }));
  group.append(far);
  return group;
}

drawEdges();
const cards = systems.map(drawCard);
cardLayer.append(...cards);
root.append(edgeLayer, wayLayer, cardLayer);
map.append(root);
map.classList.toggle("many", edges.length > MANY);
byId("empty").hidden = systems.length > 0;

// The view: a point of the plane at the top left, and how large everything is.
const view = { x: 0, y: 0, k: 1 };
let moving = 0;

function show() {
  root.setAttribute("transform", `translate(${-view.x * view.k} ${-view.y * view.k}) scale(${view.k})`);
  map.classList.toggle("small", view.k < 0.55);
  map.classList.toggle("tiny", view.k < 0.24);
  map.style.backgroundPosition = `${-view.x * view.k}px ${-view.y * view.k}px`;
  drawOverview();
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

function travel(to, slowly = true) {
  cancelAnimationFrame(moving);
  const from = { ...view };
  const began = performance.now();
  const step = (now) => {
    const part = slowly && !calm.matches ? Math.min(1, (now - began) / 240) : 1;
    const eased = 1 - (1 - part) ** 3;
    for (const name of ["x", "y", "k"]) view[name] = from[name] + (to[name] - from[name]) * eased;
    show();
    if (part < 1) moving = requestAnimationFrame(step);
  };
  step(began);
}

function zoom(factor, x = room().width / 2, y = room().height / 2, slowly = false) {
  const k = Math.min(3, Math.max(0.02, view.k * factor));
  travel({ x: view.x + x / view.k - x / k, y: view.y + y / view.k - y / k, k }, slowly);
}

const wholeScale = () => Math.min(1.25, Math.max(0.02, Math.min((room().width - 90) / (page.width || 1), (room().height - 110) / (page.height || 1))));
const room = () => ({ width: map.clientWidth - (byId("details").hidden ? 0 : byId("details").clientWidth), height: map.clientHeight });

function showAll(slowly = true) {
  const { width, height } = room();
  const k = wholeScale();
  travel({ x: page.width / 2 - width / 2 / k, y: page.height / 2 - height / 2 / k, k }, slowly);
}

// The chosen system stands in the middle, or what it is joined to with it, at a size at which names can be read; where all can be, all are shown.
function centre(number) {
  if (wholeScale() > 0.48) return showAll();
  const { width, height } = room();
  const near = [number, ...inward[number].map((one) => edges[one].from), ...outward[number].map((one) => edges[one].to)].map((one) => systems[one]);
  const [left, right] = [Math.min(...near.map((one) => one.x)), Math.max(...near.map((one) => one.x))];
  const [top, bottom] = [Math.min(...near.map((one) => one.y)), Math.max(...near.map((one) => one.y))];
  const together = Math.min(width / (right - left + cardWidth * 1.4), height / (bottom - top + cardHeight * 3));
  const middle = together > 0.3 ? { x: (left + right) / 2, y: (top + bottom) / 2 } : systems[number];
  const k = together > 0.3 ? Math.min(1, together) : Math.max(view.k, 0.7);
  travel({ x: middle.x - width / 2 / k, y: middle.y - height / 2 / k, k });
}

const overview = byId("overview");
const COLOURS = ["HEALTHY", "DEGRADED", "DOWN", "UNKNOWN"];
let dots = null;

function drawOverview() {
  const { width, height } = room();
  const all = width / view.k >= page.width && height / view.k >= page.height;
  overview.hidden = all || systems.length < 2;
  if (overview.hidden) return;
  const scale = Math.min((overview.width - 12) / page.width, (overview.height - 12) / page.height);
  const [left, top] = [(overview.width - page.width * scale) / 2, (overview.height - page.height * scale) / 2];
  dots = { scale, left, top };
  const ink = overview.getContext("2d");
  const style = getComputedStyle(document.documentElement);
  ink.clearRect(0, 0, overview.width, overview.height);
  const probe = COLOURS.map((status) => cards.length && getComputedStyle(cardLayer.querySelector(`.status-${status}`) ?? map).getPropertyValue("--tone"));
  systems.forEach((system) => {
    ink.fillStyle = resolved(probe[COLOURS.indexOf(system.status)] || "gray");
    ink.globalAlpha = system.status === "UNKNOWN" ? 0.55 : 0.95;
    ink.fillRect(left + (system.x - cardWidth / 2) * scale, top + (system.y - cardHeight / 2) * scale, Math.max(2, cardWidth * scale), Math.max(1.5, cardHeight * scale));
  });
  ink.globalAlpha = 1;
  ink.strokeStyle = resolved(style.getPropertyValue("--accent"));
  ink.lineWidth = 1.5;
  ink.strokeRect(left + view.x * scale, top + view.y * scale, (width / view.k) * scale, (height / view.k) * scale);
}

const known = new Map();
// A canvas takes no light-dark(): what the colour comes to is asked of an element.
function resolved(colour) {
  const key = colour + getComputedStyle(document.documentElement).colorScheme + (document.documentElement.dataset.theme ?? matchMedia("(prefers-color-scheme: dark)").matches);
  if (!known.has(key)) {
    const swatch = html("i");
    document.body.append(swatch);
    swatch.style.color = colour;
    known.set(key, getComputedStyle(swatch).color);
    swatch.remove();
  }
  return known.get(key);
}

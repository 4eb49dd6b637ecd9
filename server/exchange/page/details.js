// The panel about the chosen system: how it is, what it agrees on, and who depends on it at which distance.
const MOST_SHOWN = 60;

const jump = (number) =>
  html("button", { type: "button", class: "to", "data-to": number, onclick: () => choose(number) }, healthIcon(systems[number].status), systems[number].name);

const gone = (name) => html("span", { class: "to gone", title: "Not registered" }, name);

function heading(title, count, kind = "") {
  return html("h3", { class: kind }, title, html("em", {}, count.toLocaleString("en")));
}

function listed(items, show) {
  const rest = items.length - MOST_SHOWN;
  return html("ul", {}, ...items.slice(0, MOST_SHOWN).map((one) => html("li", {}, ...show(one))), rest > 0 ? html("li", { class: "soft" }, `and ${rest.toLocaleString("en")} more`) : "");
}

function ways(title, found, kind) {
  const byDistance = new Map();
  for (const [number, distance] of found.distance) byDistance.set(distance, [...(byDistance.get(distance) ?? []), number]);
  const rows = [...byDistance].map(([distance, numbers]) => {
    const rest = numbers.length - MOST_SHOWN;
    return html("div", { class: "row" }, html("small", {}, distance === 1 ? "directly" : `${distance} steps`), html("div", {}, ...numbers.slice(0, MOST_SHOWN).map(jump), rest > 0 ? html("span", { class: "soft" }, `and ${rest.toLocaleString("en")} more`) : ""));
  });
  return [heading(title, found.distance.size, kind), ...(rows.length ? rows : [html("p", { class: "soft" }, kind === "up" ? "It reads nothing that another system writes." : "Nothing depends on it.")])];
}

function facts(system) {
  const said = [
    ["Owner", system.owner],
    ["Schedule", system.schedule],
    ["Last look", when(system.checked)],
    ["Source", system.source],
    ["Missing", system.missing_since && `not listed by its source since ${when(system.missing_since)}`],
  ].filter(([, value]) => value);
  return html("dl", {}, ...said.flatMap(([name, value]) => [html("dt", {}, name), html("dd", {}, value)]));
}

function access(one) {
  const notes = [one.basis !== "declared" ? one.basis : "", one.required === false ? "can do without" : "", one.unknown ? "not all consumers known" : ""].filter(Boolean);
  return [html("code", {}, one.resource), notes.length ? html("span", { class: "soft" }, ` · ${notes.join(", ")}`) : "", html("div", {}, ...one.systems.map(jump), ...(one.others ?? []).map(gone))];
}

function contract(one) {
  const parts = [one.type.toLowerCase(), one.counterparty && `with ${one.counterparty}`, one.last_validated ? `last seen kept ${when(one.last_validated)}` : "never validated"];
  return [html("b", {}, one.id), html("span", { class: "soft" }, ` · ${parts.filter(Boolean).join(" · ")}`), html("div", {}, html("code", {}, one.resource))];
}

function circle(number) {
  const ring = page.rings[number];
  const [producer, consumer] = ring.cut.map((one) => systems[one].name);
  return [
    heading("In a circle of", ring.members.length, "circle"),
    html("p", {}, ...ring.example.map(jump)),
    html("p", { class: "soft" }, `The weakest link: ${consumer} depends on ${producer}.${ring.inferred ? " Every way round rests on something inferred." : ""}`),
  ];
}

function tell(number, up, downstream) {
  const system = systems[number];
  const panel = byId("details");
  panel.replaceChildren(
    html("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => choose(-1) }, "×"),
    html("h2", {}, system.name),
    html("div", { class: "id" }, system.id),
    html(
      "div",
      { class: "badges" },
      html("span", { class: "badge" }, healthIcon(system.status), STATES[system.status]),
      html("span", { class: "badge" }, tierIcon(system.tier), TIERS[system.tier] + (system.tier_guessed ? " (a guess)" : "")),
      system.ring >= 0 ? html("span", { class: "badge circle" }, "↻ in a circle") : "",
    ),
    html("p", { class: `reason ${system.status}` }, system.reason),
    system.description ? html("p", {}, system.description) : "",
    facts(system),
    ...(system.findings_total ? [heading("Open findings", system.findings_total), listed(system.findings, (one) => [html("span", { class: `severity ${one.severity}` }, one.severity), html("b", {}, one.kind.replaceAll("_", " ")), html("p", { class: "soft" }, one.message)])] : []),
    ...(system.ring >= 0 ? circle(system.ring) : []),
    ...ways("What depends on it", downstream, "downstream"),
    ...ways("What it depends on", up, "up"),
    ...(system.contracts.length ? [heading("Contracts", system.contracts.length), listed(system.contracts, contract)] : []),
    ...(system.reads.length ? [heading("Reads", system.reads.length), listed(system.reads, access)] : []),
    ...(system.writes.length ? [heading("Writes", system.writes.length), listed(system.writes, access)] : []),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
}

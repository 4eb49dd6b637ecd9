// What the page is about, and how its parts are made. Names are data: they only ever become text nodes and text attributes.
const page = JSON.parse(document.getElementById("data").textContent);
const systems = page.systems;
const edges = page.edges;
const [cardWidth, cardHeight] = page.card;
const TIERS = { MISSION_CRITICAL: "Mission critical", PRODUCTION: "Production", EXPERIMENTAL: "Experimental" };
const STATES = { HEALTHY: "Healthy", DEGRADED: "Degraded", DOWN: "Down", UNKNOWN: "Unknown" };
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

const outward = systems.map(() => []);
const inward = systems.map(() => []);
edges.forEach((edge, number) => {
  outward[edge.from].push(number);
  inward[edge.to].push(number);
});

function fill(node, attributes, inside) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...inside.filter((one) => one !== null && one !== ""));
  return node;
}

const html = (tag, attributes = {}, ...inside) => fill(document.createElement(tag), attributes, inside);
const svg = (tag, attributes = {}, ...inside) => fill(document.createElementNS(SVG, tag), attributes, inside);

// Everything that is reached from a system, with its distance and the edges on the ways to it.
function reach(start, forward) {
  const distance = new Map([[start, 0]]);
  const ways = [];
  const queue = [start];
  for (let at = 0; at < queue.length; at++) {
    for (const number of forward ? outward[queue[at]] : inward[queue[at]]) {
      const next = forward ? edges[number].to : edges[number].from;
      ways.push(number);
      if (!distance.has(next)) {
        distance.set(next, distance.get(queue[at]) + 1);
        queue.push(next);
      }
    }
  }
  distance.delete(start);
  return { distance, ways };
}

const plural = (count, one, more = one + "s") => `${count.toLocaleString("en")} ${count === 1 ? one : more}`;
const when = (moment) => (moment ? moment.replace("T", " ").replace(/:\d\d(\.\d+)?Z$/, " UTC") : "never");

// Health is told by shape and sign as well as by colour, and the tier by the outline.
function glyph(status, x = 0, y = 0) {
  const [body, sign] = {
    HEALTHY: ["M-9 0a9 9 0 1 0 18 0a9 9 0 1 0 -18 0z", "M-4 .3l2.8 2.9L4.2 -3"],
    DEGRADED: ["M0 -9.5L10 8H-10z", "M0 -3.4V2M0 5v.1"],
    DOWN: ["M-8.5 -8.5h17v17h-17z", "M-3.6 -3.6l7.2 7.2M3.6 -3.6l-7.2 7.2"],
    UNKNOWN: ["M-8.5 0a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0 -17 0z", "M-2.6 -2.2a2.7 2.7 0 1 1 3.7 2.6q-1 .4 -1 1.6M.1 4.6v.1"],
  }[status];
  return svg("g", { class: `glyph ${status}`, transform: `translate(${x} ${y})` }, svg("path", { class: "body", d: body }), svg("path", { class: "sign", d: sign }));
}

function outline(tier, width, height) {
  const [w, h] = [width / 2, height / 2];
  if (tier === "MISSION_CRITICAL") {
    const cut = height / 4.2;
    return `M${cut - w} ${-h}H${w - cut}L${w} ${cut - h}V${h - cut}L${w - cut} ${h}H${cut - w}L${-w} ${h - cut}V${cut - h}z`;
  }
  const r = tier === "EXPERIMENTAL" ? h : height / 5.5;
  return `M${r - w} ${-h}H${w - r}A${r} ${r} 0 0 1 ${w} ${r - h}V${h - r}A${r} ${r} 0 0 1 ${w - r} ${h}H${r - w}A${r} ${r} 0 0 1 ${-w} ${h - r}V${r - h}A${r} ${r} 0 0 1 ${r - w} ${-h}z`;
}

const healthIcon = (status) => svg("svg", { width: 18, height: 18, viewBox: "-11 -11 22 22", "aria-hidden": "true" }, glyph(status));
const tierIcon = (tier) => svg("svg", { width: 24, height: 16, viewBox: "-13 -9 26 18", "aria-hidden": "true" }, svg("path", { class: `tier ${tier}`, d: outline(tier, 22, 14) }));

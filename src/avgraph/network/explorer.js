"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const svg = document.querySelector("#drawing svg"), detail = $("detail");
document.body.classList.add("on");
// A page may bring words of its language, and addresses of members, works and ties.
const say = (text, places = {}) => ((data.words || {})[text] || text).replace(/\{(\w+)\}/g, (_, name) => places[name]);
const partners = data.members.map(() => []);
data.ties.forEach((tie, i) => { partners[tie.a].push(i); partners[tie.b].push(i); });
const shown = { ties: new Set(), members: new Set() };

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
function span(tie) { return tie.f ? (tie.f === tie.l ? ` (${tie.f})` : ` (${tie.f}–${tie.l})`) : ""; }
function leading(text, address) { return address ? element("a", text, { href: address }) : document.createTextNode(text); }
function joint(n) { return n === 1 ? say("1 joint work") : say("{n} joint works", { n }); }
function jump(text, choose) { const made = element("button", text, { class: "link", type: "button" }); made.addEventListener("click", choose); return made; }

function chooseMember(i) {
  light([...partners[i]].filter((k) => shown.ties.has(k)), [i]);
  detail.replaceChildren(element("h2", data.members[i]), element("p", say("{n} ties here", { n: partners[i].length }), { class: "soft" }));
  if (data.addresses) detail.append(element("p"));
  if (data.addresses) detail.lastChild.append(leading(say("its page"), data.addresses[i]));
  const list = element("ul");
  for (const k of partners[i]) {
    const tie = data.ties[k], other = tie.a === i ? tie.b : tie.a, item = element("li");
    item.append(jump(data.members[other], () => chooseTie(k)), ` ${joint(tie.n)}${span(tie)}`);
    list.append(item);
  }
  detail.append(list);
}
function chooseTie(k) {
  const tie = data.ties[k];
  light([k], [tie.a, tie.b]);
  const heading = element("h2");
  heading.append(jump(data.members[tie.a], () => chooseMember(tie.a)), " – ", jump(data.members[tie.b], () => chooseMember(tie.b)));
  detail.replaceChildren(heading, element("p", `${joint(tie.n)}${span(tie)}, ${say("weight")} ${tie.w.toLocaleString(document.documentElement.lang || "en", { maximumSignificantDigits: 3 })}`, { class: "soft" }));
  const works = element("ul");
  for (const [label, year, address] of tie.works) {
    const item = element("li");
    item.append(leading(label, address), year ? ` (${year})` : "");
    works.append(item);
  }
  if (tie.n > tie.works.length) works.append(element("li", say("and {n} more", { n: tie.n - tie.works.length })));
  detail.append(works);
  if (tie.address) { fetchSaid(tie.address); return; }
  if (tie.said.length) detail.append(element("h2", say("What sources say")));
  const said = element("ul");
  for (const [source, quote] of tie.said) {
    const item = element("li");
    if (quote) item.append(element("q", quote));
    item.append(element("span", source, { class: "source" }));
    said.append(item);
  }
  if (tie.n_said > tie.said.length) said.append(element("li", say("and {n} more", { n: tie.n_said - tie.said.length })));
  detail.append(said);
}
let awaited = "";
async function fetchSaid(address) {
  awaited = address;
  const heading = element("h2", say("What sources say")), place = element("p", "…");
  detail.append(heading, place);
  try {
    const answer = await fetch(address), page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (awaited === address) place.replaceWith(...page.querySelectorAll("#said > *"));
  } catch { if (awaited === address) place.replaceChildren(leading(say("its page"), address)); }
}
function light(ties, members) {
  const tied = new Set(ties), kept = new Set(members);
  for (const k of tied) { kept.add(data.ties[k].a); kept.add(data.ties[k].b); }
  for (const node of all("[data-tie]")) node.classList.toggle("lit", tied.has(Number(node.dataset.tie)));
  for (const node of all("[data-member]")) node.classList.toggle("lit", members.includes(Number(node.dataset.member)));
  for (const node of all("[data-tie]", svg)) node.classList.toggle("dim", !tied.has(Number(node.dataset.tie)));
  for (const node of all("[data-member]", svg)) node.classList.toggle("dim", !kept.has(Number(node.dataset.member)));
}
function value(id, otherwise) { const field = $(id); return field && field.value !== "" ? Number(field.value) : otherwise; }
function filter() {
  const from = value("from", -Infinity), until = value("until", Infinity), least = value("least", 1);
  const timed = $("from") && (from > Number($("from").min) || until < Number($("until").max));
  const country = $("country") ? $("country").value : "";
  const of = all("#members tbody tr").map((row) => row.dataset.country);
  shown.ties = new Set(); shown.members = new Set();
  data.ties.forEach((tie, k) => {
    const during = tie.f === null ? !timed : tie.f <= until && tie.l >= from;
    if (during && tie.n >= least && (!country || of[tie.a] === country || of[tie.b] === country)) {
      shown.ties.add(k); shown.members.add(tie.a); shown.members.add(tie.b);
    }
  });
  const whole = !timed && least <= 1 && !country;
  if (whole) data.members.forEach((_, i) => shown.members.add(i));
  for (const node of all("[data-tie]")) node.classList.toggle("off", !shown.ties.has(Number(node.dataset.tie)));
  for (const node of all("[data-member]")) node.classList.toggle("off", !shown.members.has(Number(node.dataset.member)));
  $("count").textContent = whole ? "" : say("{members} members, {ties} ties", { members: shown.members.size, ties: shown.ties.size });
}
$("filter").addEventListener("input", filter);
$("filter").addEventListener("submit", (event) => event.preventDefault());
$("filter").addEventListener("reset", () => setTimeout(() => { for (const node of all(".lit, .dim")) node.classList.remove("lit", "dim"); filter(); }));
$("search").addEventListener("change", () => { const i = data.members.indexOf($("search").value); if (i >= 0) chooseMember(i); });
document.addEventListener("click", (event) => {
  const tie = event.target.closest("[data-tie]"), member = event.target.closest("[data-member]");
  if (tie) chooseTie(Number(tie.dataset.tie)); else if (member) chooseMember(Number(member.dataset.member));
});
for (const row of all("tbody tr")) {
  const cells = row.dataset.member ? [row.cells[1]] : [row.cells[0]];
  for (const cell of cells) cell.replaceChildren(element("button", cell.textContent.trim(), { class: "link", type: "button" }));
}
for (const table of ["members", "ties"]) {
  all(`#${table} th`).forEach((head, column) => {
    const sort = element("button", head.textContent, { type: "button" });
    head.replaceChildren(sort);
    sort.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending", body = $(table).tBodies[0];
      for (const other of all(`#${table} th`)) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[column].textContent, numeric = head.classList.contains("num");
      const order = (a, b) => (numeric ? parseFloat(key(a)) - parseFloat(key(b)) || 0 : key(a).localeCompare(key(b)));
      body.append(...all("tr", body).sort((a, b) => (down ? order(b, a) : order(a, b))));
    });
  });
}
const start = svg.viewBox.baseVal, home = [start.x, start.y, start.width, start.height];
let view = [...home], drag = null;
function look(next) { view = next; svg.setAttribute("viewBox", view.map((v) => v.toFixed(1)).join(" ")); }
function zoom(factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) {
  const wide = Math.min(home[2], Math.max(home[2] / 30, view[2] * factor)), scale = wide / view[2];
  look(wide === home[2] ? [...home] : [x - (x - view[0]) * scale, y - (y - view[1]) * scale, wide, view[3] * scale]);
}
$("in").addEventListener("click", () => zoom(0.7)); $("out").addEventListener("click", () => zoom(1 / 0.7)); $("whole").addEventListener("click", () => look([...home]));
function point(event) { const box = svg.getBoundingClientRect(); return [view[0] + ((event.clientX - box.left) / box.width) * view[2], view[1] + ((event.clientY - box.top) / box.height) * view[3]]; }
svg.addEventListener("wheel", (event) => { if (!event.ctrlKey && !event.metaKey && view[2] === home[2] && event.deltaY > 0) return; event.preventDefault(); zoom(event.deltaY < 0 ? 0.85 : 1 / 0.85, ...point(event)); }, { passive: false });
svg.addEventListener("pointerdown", (event) => { if (view[2] < home[2]) drag = point(event); });
addEventListener("pointermove", (event) => { if (!drag) return; $("drawing").classList.add("moving"); const now = point(event); look([view[0] + drag[0] - now[0], view[1] + drag[1] - now[1], view[2], view[3]]); });
addEventListener("pointerup", () => { drag = null; $("drawing").classList.remove("moving"); });
filter();

import { REGION_COMMANDS } from "../../lib/preview/command";

export interface PageContent {
  readonly title: string;
  /** `<svg>` whose regions have `data-region`; empty without one. */
  readonly map: string;
  /** Of the one script that may run. */
  readonly nonce: string;
}

const STYLE = `
:root { color-scheme: light dark; --text: #1a1a1a; --faint: #595959; --line: #c4c4c4; --back: #fff; --bad: #b3261e; --warn: #8a5300; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --text: #eee; --faint: #b0b0b0; --line: #555; --back: #161616; --bad: #ff8a80; --warn: #ffc46b; --good: #7ddba0; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 1100px; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0 0 .3rem; }
code { font-size: .9em; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
button, input { font: inherit; }
button { padding: .1rem .5rem; }
.faint { color: var(--faint); } .bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); } .good { color: var(--good); }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem; margin: 1rem 0; padding: 0; list-style: none; }
.figures b { display: block; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
svg { max-width: 100%; height: auto; }
[data-region].out { opacity: .35; }
#chart { width: 100%; height: 120px; border-bottom: 1px solid var(--line); }
#said { min-height: 1.5em; }
ul.urls { padding-left: 1.2rem; }
`;

/** Runs in the browser. Counts come every second; the chart keeps a minute of them. */
const SCRIPT = `
const commands = Object.keys(JSON.parse(document.getElementById("commands").textContent)).filter((name) => name !== "slow");
const history = [];
const $ = (id) => document.getElementById(id);
const COLOURS = ["#3b76c4", "#c2571a", "#2f8f5b", "#8e5bb5", "#a8801f", "#b8437a", "#3d8a94", "#7a6a5d"];
async function send(line) {
  const response = await fetch("command", { method: "POST", body: line });
  $("said").textContent = await response.text();
  $("said").className = response.ok ? "good" : "bad";
}
function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}
function rows(regions) {
  const body = $("regions");
  while (body.rows.length < regions.length) {
    const index = body.rows.length;
    const { id } = regions[index];
    const row = body.insertRow();
    for (let cell = 0; cell < 7; cell++) row.insertCell();
    for (const cell of [1, 2, 3]) row.cells[cell].className = "number";
    const mark = element("span", "\\u25a0 ");
    mark.style.color = COLOURS[index % COLOURS.length];
    row.cells[0].append(mark, id);
    for (const command of commands) {
      const button = element("button", command);
      button.onclick = () => send(command + " " + id);
      row.cells[6].append(button, " ");
    }
    const slow = element("button", "slow");
    slow.onclick = () => send("slow " + id + " 300ms");
    row.cells[6].append(slow);
  }
  regions.forEach((region, index) => {
    const { cells } = body.rows[index];
    cells[1].textContent = region.roundTripMs + " ms";
    cells[2].textContent = region.perSecond;
    cells[3].textContent = region.errorsPerSecond;
    cells[3].classList.toggle("bad", region.errorsPerSecond > 0);
    cells[4].textContent = region.done || "as deployed";
    cells[4].className = region.done ? "warn" : "faint";
    const seen = [region.isEjected && "ejected", region.isUnhealthy && "unhealthy"].filter(Boolean).join(", ");
    cells[5].textContent = seen || "in use";
    cells[5].className = seen ? "bad" : "good";
  });
  const out = new Set(regions.filter((each) => each.isOut).map((each) => each.region));
  for (const part of document.querySelectorAll("[data-region]")) part.classList.toggle("out", out.has(part.dataset.region));
}
function chart(regions) {
  history.push(regions.map((each) => each.perSecond));
  if (history.length > 60) history.shift();
  const most = Math.max(1, ...history.map((counts) => counts.reduce((a, b) => a + b, 0)));
  const bars = history.flatMap((counts, second) => {
    let below = 0;
    return counts.map((count, index) => {
      const height = (count / most) * 120;
      below += height;
      return '<rect x="' + second * 10 + '" y="' + (120 - below) + '" width="9" height="' + height + '" fill="' + COLOURS[index % COLOURS.length] + '"/>';
    });
  });
  $("chart").innerHTML = bars.join("");
}
new EventSource("events").onmessage = ({ data }) => {
  const now = JSON.parse(data);
  rows(now.regions);
  chart(now.regions);
  $("place").textContent = now.from;
  for (const name of ["perSecond", "errorsPerSecond", "retriesPerSecond", "ejections", "p50", "p95", "p99"]) $(name).textContent = now[name] ?? "\\u2013";
  $("urls").replaceChildren(...now.urls.map((url) => { const item = element("li"); item.append(element("code", url)); return item; }));
};
$("line").onsubmit = (event) => { event.preventDefault(); send($("text").value); };
`;

/** The page of a running preview; it asks nobody but this machine for anything. */
export function pageMarkup({ title, map, nonce }: PageContent): string {
  const name = escapeText(title);
  const figure = (id: string, label: string) => `<li><b id="${id}">–</b>${label}</li>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Preview of ${name}</title>
<style>${STYLE}</style>
<h1>Preview of ${name}</h1>
<p>The client is in <b id="place">…</b>.</p>
<ul class="urls" id="urls"></ul>
<ul class="figures">
${figure("perSecond", "requests a second")}
${figure("errorsPerSecond", "5xx a second, to clients")}
${figure("retriesPerSecond", "retries a second")}
${figure("ejections", "ejections so far")}
${figure("p50", "ms, half of the answers")}
${figure("p95", "ms, 95%")}
${figure("p99", "ms, 99%")}
</ul>
<svg id="chart" viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label="Requests of the last minute, by region"></svg>
<div class="scroll"><table>
<thead><tr><th>Region<th class="number">Round trip<th class="number">Requests/s<th class="number">5xx/s<th>What was done<th>Load balancer<th>Do</tr></thead>
<tbody id="regions"></tbody>
</table></div>
<form id="line"><label>Command <input id="text" size="40" placeholder="from tokyo"></label> <button>Run</button></form>
<p id="said" role="status"></p>
${map}
<script type="application/json" id="commands">${JSON.stringify(REGION_COMMANDS)}</script>
<script nonce="${nonce}">${SCRIPT}</script>
</html>
`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

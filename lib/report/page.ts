import { accessTable, guardsTable } from "./access";
import { armorTables } from "./armor";
import { certificateTables } from "./certificates";
import { changesList } from "./changes-list";
import { costTables } from "./cost-tables";
import { pathDrawing, regionsDrawing } from "./drawings";
import { findingsList } from "./findings-list";
import { type Content, Html, html, jsonData } from "./html";
import { keyFigures, verdictLine } from "./key-figures";
import { latencyTables } from "./latency-tables";
import { objectives } from "./objectives";
import { pageData } from "./page-data";
import { quotaTable } from "./quota-table";
import type { Report } from "./report";
import { routesTable } from "./routes-table";
import { STYLE } from "./style";
import { workloadsTable } from "./workloads-table";

/** The page's parts, in their order; one that has nothing to say is left out. */
const SECTIONS: readonly [id: string, title: string, content: (report: Report) => Content][] = [
  ["regions", "Regions", regionsDrawing],
  ["path", "Request path", pathDrawing],
  ["findings", "Findings", findingsList],
  ["changes", "Changes", changesList],
  ["workloads", "Workloads", workloadsTable],
  ["routes", "Routes", routesTable],
  ["access", "Access", (report) => some(accessTable(report), guardsTable(report), armorTables(report))],
  ["certificates", "Certificates and DNS", certificateTables],
  ["cost", "Cost", costTables],
  ["quota", "Quota", quotaTable],
  ["latency", "Latency", latencyTables],
  ["objectives", "Objectives and alerts", objectives],
];

/**
 * One HTML file that shows what a document deploys. It loads nothing from anywhere.
 *
 * @param script The compiled script of `client/`.
 */
export function page(report: Report, script: string): string {
  const sections = SECTIONS.flatMap(([id, title, content]) => {
    const body = content(report);
    return body === undefined ? [] : [{ id, title, body }];
  });
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.name}: what will be deployed</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<div class="inner">
<p class="eyebrow">What will be deployed</p>
<h1>${report.name}</h1>
${verdictLine(report)}
${keyFigures(report)}
</div>
</header>
<div class="columns">
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="content" tabindex="-1">
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`,
)}
</main>
</div>
<dialog id="resource" aria-labelledby="resource-title"></dialog>
<script type="application/json" id="data">${jsonData(pageData(report))}</script>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

/** Several parts as one; undefined where there is none. */
function some(...parts: readonly Content[]): Content {
  return parts.some((each) => each !== undefined) ? parts : undefined;
}

import type { RequestPath } from "./request-path";

/** The request path as a Mermaid flowchart, for READMEs and pull requests. */
export function requestPathMermaid({ nodes, edges }: RequestPath): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  return [
    "flowchart LR",
    ...nodes.map(({ id, caption, title, lines, marks }) => {
      const texts = [caption, title, ...lines, ...marks.map(({ text }) => text)];
      return `  ${names.get(id)}["${texts.map(escapeLabel).join("<br/>")}"]`;
    }),
    ...edges.map(({ from, to, label, isIdle }) => {
      const text = label === undefined ? "" : `|"${escapeLabel(label)}"|`;
      return `  ${names.get(from)} ${isIdle ? "-.->" : "-->"}${text} ${names.get(to)}`;
    }),
    "",
  ].join("\n");
}

/** Letters, digits and what means nothing in Mermaid, Markdown and HTML; all else as its number. */
function escapeLabel(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/=+()-]/gu, (character) => `#${character.codePointAt(0)};`);
}

import { escapeText } from "./markup";

/** Markup that goes into a page as it is. */
export class Html {
  public constructor(public readonly text: string) {}
}

/** What a template may hold: text is escaped, markup is not, lists are joined. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/** HTML in which everything that comes from outside is text, unless it is `Html` itself. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.reduce((text, part, index) => `${text}${markupOf(contents[index - 1])}${part}`));
}

function markupOf(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === false || content === undefined) return "";
  return typeof content === "object" ? content.map(markupOf).join("") : escapeText(String(content));
}

/** A value that a script reads: nothing in it can end the script element. */
export function jsonData(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

/**
 * A table; columns that say nothing in any row are left out. On a narrow screen each row is a card,
 * whose cells repeat the column's name.
 */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Content[])[],
  numbers: readonly string[] = [],
): Html {
  const used = columns.flatMap((name, index) =>
    rows.some((cells) => !isEmpty(cells[index])) ? [{ name, index }] : [],
  );
  const kind = (name: string) => numbers.includes(name) && html` class="number"`;
  const head = used.map(({ name }) => html`<th role="columnheader" scope="col"${kind(name)}>${name}</th>`);
  const body = rows.map((cells) => {
    const row = used.map(({ name, index }) => {
      const label = isEmpty(cells[index]) ? html` data-empty` : html` data-label="${name}"`;
      return html`<td role="cell"${kind(name)}${label}><div>${cells[index]}</div></td>`;
    });
    return html`<tr role="row">${row}</tr>`;
  });
  return html`<table role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">${body}</tbody></table>
`;
}

function isEmpty(content: Content): boolean {
  return markupOf(content) === "";
}

/** Code, such as a path or an address; it may break after its separators. */
export function code(text: unknown): Html {
  return html`<code>${breakable(String(text))}</code>`;
}

/** Long names break after `/`, `.`, `_` and `-` before they break elsewhere. */
export function breakable(text: string): Content {
  return text.split(/(?<=[/._-])(?=\w)/).map((part, index) => (index === 0 ? part : [html`<wbr>`, part]));
}

/** Several things, each on a line of its own. */
export function lines(contents: readonly Content[]): Content {
  return contents.length < 2 ? contents : contents.map((each) => html`<div>${each}</div>`);
}

/**
 * The expressions in a Terraform string, without their `${ }`: for `a-${b.c}-${d("}")}`, `b.c` and
 * `d("}")`. `$${` is text. A string with a template directive (`%{ if … }`) is one expression,
 * because its parts make no sense alone.
 */
export function interpolationsIn(text: string): string[] {
  if (/(?<!%)%\{/.test(text)) return [JSON.stringify(text)];
  const found: string[] = [];
  for (let i = text.indexOf("${"); i >= 0; i = text.indexOf("${", i)) {
    if (text[i - 1] === "$") {
      i += 2;
      continue;
    }
    const end = endOfExpression(text, i + 2);
    found.push(text.slice(i + 2, end).trim());
    i = end;
  }
  return found;
}

/**
 * Index of the brace that closes the expression at `start`. Braces in quotes are skipped, except
 * those of nested expressions.
 */
function endOfExpression(text: string, start: number): number {
  const open: ("code" | "quoted")[] = ["code"];
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (open.at(-1) === "quoted") {
      if (char === "\\") i++;
      else if (char === '"') open.pop();
      else if (text.startsWith("${", i) && text[i - 1] !== "$") {
        open.push("code");
        i++;
      }
    } else if (char === '"') open.push("quoted");
    else if (char === "{") open.push("code");
    else if (char === "}") {
      open.pop();
      if (open.length === 0) return i;
    }
  }
  return text.length;
}

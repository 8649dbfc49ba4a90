/**
 * Whether a pattern of Binary Authorization may admit an image; what is an expression on either
 * side may be anything.
 */
export function mayAdmit(pattern: string, image: string): boolean {
  const prefix = pattern.replace(/\*+$/, "");
  if (image.startsWith(prefix)) {
    const rest = image.slice(prefix.length);
    return pattern.endsWith("**") || (pattern.endsWith("*") ? !rest.includes("/") : /^([:@]|$)/.test(rest));
  }
  if (!prefix.includes("${") && !image.includes("${")) return false;
  const [one, other] = [literalStart(prefix), literalStart(image)];
  return one.startsWith(other) || other.startsWith(one);
}

function literalStart(text: string): string {
  return text.split("${")[0]!;
}

/**
 * A Kubernetes quantity, such as `512Mi` or `500m`, in its base unit: bytes or CPUs. Undefined for
 * anything else.
 */
export function quantity(value: unknown): number | undefined {
  const text = typeof value === "number" || typeof value === "string" ? String(value) : "";
  const [, number, unit = "", binary] = /^(\d+(?:\.\d+)?)(m|[kKMGT])?(i)?$/.exec(text) ?? [];
  if (number === undefined || (binary && !/[kKMGT]/.test(unit))) return undefined;
  const power = "kmgt".indexOf(unit.toLowerCase()) + 1;
  return Number(number) * (unit === "m" ? 1e-3 : unit === "" ? 1 : (binary ? 1024 : 1000) ** power);
}

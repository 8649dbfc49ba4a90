/**
 * Drops unset options: other languages pass them as explicit undefined, which would hide defaults.
 */
export function withoutUnset<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * What is set: callers from other languages pass unset options as explicit undefined, which must
 * not hide a default or what holds for all.
 */
export function withoutUnset<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

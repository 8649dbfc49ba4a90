import { type Block, isBlock, type Resource, type TerraformDocument } from "./document";

/** A block, and where in its resource it stands. */
export interface Place {
  readonly resource: Resource;
  /** Path of the block; empty for the whole resource. */
  readonly at: string;
  readonly block: Block;
}

/** The nested blocks of one name within these: an object is one, an array any number. */
export function nestedPlaces(places: readonly Place[], name: string): Place[] {
  const found: Place[] = [];
  for (const { resource, at, block } of places) {
    const value = block[name];
    if (value === undefined) continue;
    const here = at === "" ? name : `${at}.${name}`;
    if (Array.isArray(value)) {
      value.forEach((each, index) => {
        if (isBlock(each)) found.push({ resource, at: `${here}.${index}`, block: each });
      });
    } else if (isBlock(value)) found.push({ resource, at: here, block: value });
  }
  return found;
}

/** The nested blocks of a name in one block. */
export function nested(place: Place, name: string): Place[] {
  return nestedPlaces([place], name);
}

/** The resources of this document that a list, or a single attribute, names, with their places. */
export function listed(document: TerraformDocument, values: Block, name: string) {
  const list = values[name];
  return (Array.isArray(list) ? list : [list]).flatMap((item, index) => {
    const target = document.target(item);
    return target && !target.isData ? [{ at: Array.isArray(list) ? `${name}.${index}` : name, target }] : [];
  });
}

import type { TerraformResource } from "cdktf";

type Attributes = Record<string, unknown>;

/** How the bindings describe a nested block to cdktf's HCL writer. */
interface HclBlock {
  readonly isBlock: boolean;
  readonly type: string;
  readonly value: Attributes | Attributes[];
}

/**
 * Sets an attribute that the bindings do not know, in JSON and in HCL: cdktf's own `addOverride`
 * leaves nested blocks out of what `cdktf synth --hcl` writes.
 */
export function setInJsonAndHcl(resource: TerraformResource, path: string, value: unknown): void {
  resource.addOverride(path, value);
  const [first = "", ...rest] = path.split(".");
  const override = { [first]: rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) };
  const hcl = resource as unknown as { synthesizeHclAttributes(): Attributes };
  const known = hcl.synthesizeHclAttributes.bind(resource);
  hcl.synthesizeHclAttributes = () => {
    const attributes = known();
    merge(attributes, override);
    return attributes;
  };
}

function merge(attributes: Attributes, override: Attributes): void {
  for (const [name, value] of Object.entries(override)) {
    const there = attributes[name] as Partial<HclBlock> | undefined;
    if (!isMap(value) || !there?.isBlock) {
      attributes[name] = described(value);
    } else if (Array.isArray(there.value)) {
      const isIndexed = Object.keys(value).every((key) => /^\d+$/.test(key));
      for (const [index, each] of Object.entries(isIndexed ? value : { 0: value }))
        merge(there.value[Number(index)]!, each as Attributes);
    } else {
      const isFirst = Object.keys(value).join() === "0";
      merge(there.value!, (isFirst ? value["0"] : value) as Attributes);
    }
  }
}

/** Maps are blocks, and so are lists of them; all else is an attribute. */
function described(value: unknown): unknown {
  const blocks = [value].flat();
  if (!blocks.some(isMap)) return value;
  const fields = (block: unknown) =>
    Object.fromEntries(Object.entries(block as Attributes).map(([name, each]) => [name, described(each)]));
  return { isBlock: true, type: "list", storageClassType: "", value: blocks.map(fields) };
}

function isMap(value: unknown): value is Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

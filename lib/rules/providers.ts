import { measured } from "../google/source";
import { type Block, blockOf, blocksOf, isBlock, type Resource, type TerraformDocument } from "../topology/document";
import { textOf, textsOf } from "../topology/value";
import { type Rule, rule } from "./rule";

const tried = measured("Terraform 1.11.4, init and validate", "2026-11-28");

/** What is no resource, as one that can be blamed. */
function blamed(type: string, name: string | undefined, values: Block): Resource {
  const address = [type, name].filter(Boolean).join(".");
  return { address, type, name: name ?? "", isData: false, values };
}

/** Provider configurations whose name and alias an earlier one already has. */
function repeated({ document }: { readonly document: TerraformDocument }) {
  const seen = new Set<string>();
  return document.providers.flatMap(({ name, alias, block }) => {
    const key = `${name}.${alias ?? ""}`;
    // An alias that is no literal is unknown.
    const isRepeated = seen.has(key) && (alias !== undefined || block.alias === undefined);
    seen.add(key);
    return isRepeated ? [{ resource: blamed(`provider.${name}`, alias, block), alias }] : [];
  });
}

/** The provider configurations that resources and modules name, each with what names it. */
function named({ document }: { readonly document: TerraformDocument }) {
  // Without any, they may be written in another language, beside the document.
  if (document.providers.length === 0) return [];
  const ofResources = document.resources.map((resource) => ({
    resource,
    at: "provider",
    value: resource.values.provider,
  }));
  const ofModules = blocksOf(document.json.module).flatMap((modules) =>
    Object.entries(modules).flatMap(([name, module]) =>
      blocksOf(module).flatMap((values) =>
        Object.entries(blockOf(values.providers) ?? {}).map(([key, value]) => ({
          resource: blamed("module", name, values),
          at: `providers.${key}`,
          value,
        })),
      ),
    ),
  );
  return [...ofResources, ...ofModules].filter(({ value }) => value !== undefined && value !== null);
}

/** All configurations that the document may refer to, as `google` or `google.alias`. */
function configurations(document: TerraformDocument): ReadonlySet<string> {
  const own = document.providers.map(({ name, alias }) => (alias === undefined ? name : `${name}.${alias}`));
  const passed = blocksOf(blockOf(document.json.terraform)?.required_providers)
    .flatMap((required) => Object.values(required))
    .flatMap((each) => (isBlock(each) ? textsOf(each.configuration_aliases) : []));
  return new Set([...own, ...passed]);
}

/** Provider configurations, and who uses which. */
export const providerRules: readonly Rule[] = [
  rule("provider-twice", repeated, {
    title: "a provider must have one configuration without alias, and one of each alias",
    why: "terraform init fails: “A default (non-aliased) provider configuration was already given”.",
    fix: "give the second configuration an alias of its own, and name it in provider of the resources that use it",
    source: tried,
    judge: ({ alias }, blame) => blame("alias", alias),
  }),
  rule("provider-unknown", named, {
    title: "provider must name a configuration that the document has",
    why: "terraform validate fails: “Provider configuration not present”.",
    fix: "correct the alias, or add a provider block with it",
    source: tried,
    judge({ value }, blame, topology) {
      // What follows the alias is a key of a configuration with for_each.
      const [, name, alias] = /^([\w-]+)\.([\w-]+)/.exec(textOf(value) ?? "") ?? [];
      if (alias === undefined) return;
      const existing = topology.once("providerConfigurations", () => configurations(topology.document));
      const ofName = [...existing].filter((each) => each === name || each.startsWith(`${name}.`));
      if (!existing.has(`${name}.${alias}`))
        blame("", value, `there ${ofName.length === 1 ? "is" : "are"} ${ofName.join(", ") || "none of this provider"}`);
    },
  }),
];

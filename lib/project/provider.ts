import {
  Aspects,
  type IAspect,
  TerraformDataSource,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
  Token,
} from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { isSameStack } from "../core/dependables";
import { ValidationError } from "../core/errors";

/** Which Google Cloud project and credentials a construct uses. */
export interface ProviderOptions {
  /**
   * A google provider of the same stack, which every resource below the construct uses, and the
   * APIs and grants they need: `new GoogleProvider(stack, "Serving", { alias: "serving", project:
   * "…" })`. Changing its project replaces the resources. @default that of the enclosing construct,
   * or the stack's default
   */
  readonly provider?: TerraformProvider;
}

const CONTEXT_KEY = "global-ai-api:google-provider";

/** Call before the first child is created. */
export function useProvider(where: Construct, provider: TerraformProvider | undefined): void {
  if (provider === undefined) return;
  if (!TerraformProvider.isTerraformProvider(provider) || !provider.terraformResourceType.startsWith("google")) {
    throw new ValidationError(where, {
      what: "provider",
      got: (provider as TerraformProvider).terraformResourceType ?? typeof provider,
      allowed: "a GoogleProvider",
      fix: "pass the provider construct, not its alias",
    });
  }
  if (!isSameStack(where, provider)) {
    throw new ValidationError(where, {
      what: "provider",
      got: provider.node.path,
      allowed: "a provider of the construct's own stack: each stack configures its providers itself",
      fix: "create a GoogleProvider with the same alias and project in this stack",
    });
  }
  where.node.setContext(CONTEXT_KEY, provider);
  Aspects.of(where).add(HAND_DOWN);
}

/** The nearest provider that was given to a construct or to one that encloses it. */
function givenProvider(where: IConstruct): TerraformProvider | undefined {
  return where.node.tryGetContext(CONTEXT_KEY) as TerraformProvider | undefined;
}

/** The provider of a construct: the nearest given one, else the stack's default. */
export function providerOf(where: IConstruct): TerraformProvider | undefined {
  return givenProvider(where) ?? TerraformStack.of(where).allProviders().find(isDefaultProvider);
}

/** The project of a construct's provider, if it is a literal. */
export function literalProject(where: IConstruct): string | undefined {
  const project = providerProject(where);
  return Token.isUnresolved(project) ? undefined : project;
}

/** The project of a construct's provider, maybe a reference. */
export function providerProject(where: IConstruct): string | undefined {
  return (providerOf(where) as (TerraformProvider & { projectInput?: string }) | undefined)?.projectInput;
}

/** Whether the projects of both are known at synth and differ. */
export function isOtherProject(one: IConstruct, other: IConstruct): boolean {
  // Spares the search for the default provider.
  if (isSameStack(one, other) && givenProvider(one) === givenProvider(other)) return false;
  const [first, second] = [literalProject(one), literalProject(other)];
  return first !== undefined && second !== undefined && first !== second;
}

/**
 * The construct that holds something once for each provider of a stack, created on first use. With
 * the default provider its ID is `id`.
 */
export function oncePerProvider<T extends Construct>(
  where: IConstruct,
  id: string,
  create: (scope: Construct, id: string) => T,
): T {
  const stack = TerraformStack.of(where);
  const provider = givenProvider(where);
  const ownId =
    provider === undefined || isDefaultProvider(provider)
      ? id
      : `${id} ${provider.alias ?? provider.terraformResourceType}`;
  const existing = stack.node.tryFindChild(ownId) as T | undefined;
  if (existing) return existing;
  const created = create(stack, ownId);
  useProvider(created, provider);
  return created;
}

function isDefaultProvider({ terraformResourceType, alias }: TerraformProvider): boolean {
  return terraformResourceType === "google" && alias === undefined;
}

/** One for all constructs: an aspect visits a construct once, however many enclose it. */
const HAND_DOWN: IAspect = {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) && !TerraformDataSource.isTerraformDataSource(node)) return;
    const provider = givenProvider(node);
    const takesOne = node.provider === undefined && node.terraformResourceType.startsWith("google_");
    if (takesOne && provider && !isDefaultProvider(provider)) node.provider = provider;
  },
};

import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";

/** Whether both are parts of one stack, and so of one Terraform state. */
export function isSameStack(one: IConstruct, other: IConstruct): boolean {
  return TerraformStack.of(one) === TerraformStack.of(other);
}

/**
 * What a resource of `where` may depend on, each once. Terraform cannot depend on resources of
 * another state: for those, that stack is deployed before this one.
 */
export function ownDependables(
  where: IConstruct,
  dependables: readonly ITerraformDependable[],
): ITerraformDependable[] {
  return [...new Set(dependables)].filter((each) => {
    if (!Construct.isConstruct(each) || isSameStack(where, each)) return true;
    TerraformStack.of(where).addDependency(TerraformStack.of(each));
    return false;
  });
}

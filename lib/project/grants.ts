import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { isSameStack } from "../core/dependables";
import { idPart } from "../core/spelled";
import { oncePerProvider } from "./provider";

const CHILD_ID = "Iam";

/**
 * The role bindings of a stack, each (resource, role, member) once.
 *
 * Two Terraform resources for one binding are one binding in the cloud: removing either would
 * revoke the access of both.
 */
@checked
export class Grants extends Construct {
  /**
   * Those made with the provider of the thing they are on, or, if that is in another stack, of who
   * asks: a stack cannot depend on one that depends on it.
   */
  public static of(thing: IConstruct, asker: IConstruct = thing): Grants {
    const where = isSameStack(thing, asker) ? thing : asker;
    return oncePerProvider(where, CHILD_ID, (stack, id) => new Grants(stack, id));
  }

  private constructor(scope: Construct, id: string) {
    super(scope, id);
  }

  /**
   * The binding of `role` on `resourceKey` to `memberKey`; `create` is called only the first time.
   */
  public once<T extends Construct & ITerraformDependable>(
    resourceKey: string,
    role: string,
    memberKey: string,
    create: (scope: Construct, id: string) => T,
  ): T {
    const id = [resourceKey, role, memberKey].map((key) => idPart(this, key)).join(" ");
    return (this.node.tryFindChild(id) as T | undefined) ?? create(this, id);
  }
}

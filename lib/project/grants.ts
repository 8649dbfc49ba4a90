import { type ITerraformDependable, TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { spelled } from "../core/spelled";

const CHILD_ID = "Iam";

/**
 * The role bindings of a stack, each (resource, role, member) once.
 *
 * Two Terraform resources for one binding are one binding in the cloud: removing either would
 * revoke the access of both.
 */
@checked
export class Grants extends Construct {
  public static of(scope: IConstruct): Grants {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(CHILD_ID) as Grants | undefined) ?? new Grants(stack, CHILD_ID);
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
    const id = [resourceKey, role, memberKey]
      .map((key) => this.literal(key))
      .join(" ")
      .replaceAll("/", "|");
    return (this.node.tryFindChild(id) as T | undefined) ?? create(this, id);
  }

  /** IDs cannot contain tokens. */
  private literal(key: string): string {
    if (!Token.isUnresolved(key)) return key;
    return String(spelled(this, key)).replaceAll(/[${}]/g, "");
  }
}

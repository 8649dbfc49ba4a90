import { ProjectService } from "@cdktf/provider-google/lib/project-service";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { oncePerProvider } from "./provider";

const CHILD_ID = "ProjectServices";

/**
 * The Google Cloud APIs that a stack needs, each enabled once in the project of each provider,
 * before the first resource that uses it.
 *
 * Constructs request the APIs they need. Destroying does not disable them, because others in the
 * project may use them. If something else enables the APIs (a project factory), call
 * `manageElsewhere()` before the first construct.
 */
@checked
export class ProjectServices extends Construct {
  /** The instance of the stack and the scope's provider, created on first use. */
  public static of(scope: IConstruct): ProjectServices {
    return oncePerProvider(scope, CHILD_ID, (stack, id) => new ProjectServices(stack, id));
  }

  private managed = true;
  private readonly used = new Set<string>();
  private readonly listeners: ((api: string) => void)[] = [];

  private constructor(scope: Construct, id: string) {
    super(scope, id);
  }

  /**
   * Enables no APIs from this stack, so deploying it needs no `serviceusage` permission.
   *
   * @throws ValidationError after a construct of the stack has requested an API.
   */
  public manageElsewhere(): void {
    const enabled = this.node.children.map((child) => child.node.id);
    if (enabled.length > 0) {
      throw new ValidationError(this, {
        what: "manageElsewhere",
        got: `${enabled.join(", ")} enabled already`,
        allowed: "before the first construct of the stack that uses an API",
        fix: "call ProjectServices.of(stack).manageElsewhere() right after the provider",
      });
    }
    this.managed = false;
  }

  /**
   * What a resource that uses `api` must depend on.
   *
   * @param api The API's host name: `run.googleapis.com`.
   */
  public require(api: string): ITerraformDependable[] {
    this.used.add(api);
    for (const listener of this.listeners) listener(api);
    if (!this.managed) return [];
    const id = api.replace(/\.googleapis\.com$/, "");
    const existing = this.node.tryFindChild(id) as ProjectService | undefined;
    return [
      existing ??
        new ProjectService(this, id, { service: api, disableOnDestroy: false, disableDependentServices: false }),
    ];
  }

  /**
   * Calls back for each API that the stack uses, and each time that it is required later.
   *
   * @internal
   */
  public _onUse(listener: (api: string) => void): void {
    this.listeners.push(listener);
    for (const api of [...this.used]) listener(api);
  }
}

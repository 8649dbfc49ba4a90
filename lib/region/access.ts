import type { IConstruct } from "constructs";
import { checkLiteral } from "../checks";
import { ValidationError } from "../errors";

const MEMBER =
  /^(user|serviceAccount|group):[^@\s:]+@[^@\s]+$|^domain:[a-z0-9.-]+$|^(principal|principalSet):\/\/\S+$|^allAuthenticatedUsers$/;

/** Who may call the Cloud Run service, once ingress has let the request in. */
export class Access {
  /**
   * Anyone whose request comes through the load balancer: Cloud Run's IAM check is off (`invoker_iam_disabled`). What protects the service then
   * is its ingress setting, which admits the load balancer only, and what the load balancer checks (API keys, Cloud Armor).
   *
   * There is no binding, so no moment without one when regions come and go. An organization may forbid it by the policy
   * `constraints/run.managed.requireInvokerIam` (docs.cloud.google.com/run/docs/securing/managing-access, read 2026-11-22).
   */
  public static public(): Access {
    return new Access([]);
  }

  /**
   * These IAM members only, each with `roles/run.invoker`. Callers must send an identity token: the load balancer passes it
   * on, but cannot add one, so browsers and plain API clients are shut out.
   *
   * @param members `user:…`, `serviceAccount:…`, `group:…`, `domain:…`, `principal://…`, `principalSet://…`. Literals: the binding's
   * place in the construct tree is derived from them.
   */
  public static members(members: string[]): Access {
    return new Access(members, true);
  }

  private constructor(
    public readonly invokers: string[],
    private readonly restricted = false,
  ) {}

  /** Whether Cloud Run's own IAM check is off. */
  public get isPublic(): boolean {
    return !this.restricted;
  }

  /** @internal */
  public _check(where: IConstruct): void {
    if (this.restricted && this.invokers.length === 0) {
      throw new ValidationError(where, {
        what: "access",
        got: [],
        allowed: "at least one member",
        fix: "name who may call the service, or use Access.public()",
      });
    }
    for (const member of this.invokers) checkMember(where, member);
  }
}

/** Throws for what is no IAM member, and for `allUsers`. */
export function checkMember(where: IConstruct, member: string): void {
  checkLiteral(where, "access member", member);
  if (MEMBER.test(member)) return;
  throw new ValidationError(where, {
    what: "access member",
    got: member,
    allowed: "user:…, serviceAccount:…, group:…, domain:…, principal://… or principalSet://…",
    fix:
      member === "allUsers"
        ? "use Access.public(), which needs no binding"
        : "write the member with its kind in front, as IAM does",
  });
}

import type { IConstruct } from "constructs";
import { checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import type { ISecret } from "../project/secret";

const MEMBER =
  /^(user|serviceAccount|group):[^@\s:]+@[^@\s]+$|^domain:[a-z0-9.-]+$|^(principal|principalSet):\/\/\S+$|^allAuthenticatedUsers$/;

export interface IapOptions {
  /**
   * Client ID of an OAuth client of your own, made in the console; with it, the secret too. Needed
   * for users outside the project's organization.
   * @default a client that Google manages, for users of the project's organization only
   */
  readonly oauthClientId?: string;
  /**
   * The client's secret, as a reference: a sensitive `TerraformVariable`. A literal is refused.
   * @default oauthClientSecretFrom
   */
  readonly oauthClientSecret?: string;
  /**
   * The client's secret, in Secret Manager. Terraform reads it, so the state contains it.
   * @default oauthClientSecret
   */
  readonly oauthClientSecretFrom?: ISecret;
}

/**
 * Who may call the Cloud Run service, once ingress has let the request in.
 *
 * None of these checks API keys. Whether a request carries a key can be checked at the edge (Cloud
 * Armor) or in the container; a check at the edge that a key is *present* keeps scanners and
 * mistakes off your instances, but stops nobody who sends any text as the key.
 */
export class Access {
  /**
   * Anyone whose request comes through the load balancer: Cloud Run's IAM check is off
   * (`invoker_iam_disabled`). What protects the service then is its ingress setting, which admits
   * the load balancer only, and what the load balancer checks (API keys, Cloud Armor).
   *
   * It protects against nothing by itself: callers are not known, and the container has to tell
   * them apart (API keys, tokens). For public APIs.
   *
   * There is no binding, so no moment without one when regions come and go. An organization may
   * forbid it by the policy `constraints/run.managed.requireInvokerIam`
   * (docs.cloud.google.com/run/docs/securing/managing-access, read 2026-11-22).
   */
  public static public(): Access {
    return new Access("public", []);
  }

  /**
   * These IAM members only, each with `roles/run.invoker`. Callers must send an identity token: the
   * load balancer passes it on, but cannot add one, so browsers and plain API clients cannot call
   * it.
   *
   * It protects against everyone except the Google identities named here, also where ingress is
   * open to `run.app`. It does not keep their requests away from Cloud Run's front end: a flood is
   * refused there, not at the edge. For programs with service accounts.
   *
   * @param members `user:…`, `serviceAccount:…`, `group:…`, `domain:…`, `principal://…`,
   * `principalSet://…`. Literals: the binding's place in the construct tree is derived from them.
   */
  public static members(members: string[]): Access {
    return new Access("members", members);
  }

  /**
   * People who sign in with Google: Identity-Aware Proxy on the backend services,
   * `roles/iap.httpsResourceAccessor` for these members, and `roles/run.invoker` for IAP's service
   * agent, in whose name the requests reach Cloud Run.
   *
   * It protects against everyone who is not named here, before a request reaches Cloud Run; the
   * container learns who it is from the header `x-goog-iap-jwt-assertion`, which it should verify.
   * For people with browsers: a client without sign-in gets a redirect or 401, API keys count for
   * nothing. It adds latency to each request.
   *
   * Cloud CDN, outlier detection and Cloud Run service health do not work on a backend service with
   * IAP: `cdn` and every `Failover` but `automatic()` and `none()` are refused, and **no failover**
   * between regions is left (docs.cloud.google.com/iap/docs/enabling-cloud-run,
   * docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts,
   * docs.cloud.google.com/run/docs/configuring/configure-service-health, read 2026-11-22).
   *
   * The service agent has to exist before the first deploy: `gcloud beta services identity create
   * --service=iap.googleapis.com`.
   *
   * @param members Who may sign in, as in `Access.members`; at least one, literals.
   */
  public static iap(members: string[], options: IapOptions = {}): Access {
    return new Access("iap", [], members, options);
  }

  private constructor(
    private readonly kind: "public" | "members" | "iap",
    /** Members with `roles/run.invoker`; IAP's service agent is not among them. */
    public readonly invokers: string[],
    /** Members whom Identity-Aware Proxy lets in. */
    public readonly iapMembers: string[] = [],
    /** The OAuth client of Identity-Aware Proxy. */
    public readonly iapOptions: IapOptions = {},
  ) {}

  /** Whether Cloud Run's own IAM check is off. */
  public get isPublic(): boolean {
    return this.kind === "public";
  }

  /** Whether Identity-Aware Proxy is in front of the service. */
  public get isIap(): boolean {
    return this.kind === "iap";
  }

  /** @internal */
  public _check(where: IConstruct): void {
    const members = this.isIap ? this.iapMembers : this.invokers;
    if (!this.isPublic && members.length === 0) {
      throw new ValidationError(where, {
        what: "access",
        got: [],
        allowed: "at least one member",
        fix: this.isIap ? "name who may sign in" : "name who may call the service, or use Access.public()",
      });
    }
    for (const member of members) checkMember(where, member);
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

import type { IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import type { Tls } from "./tls";

/** What the load balancer does on port 80, which is not encrypted. */
export enum PlainHttp {
  /** A redirect to https:// (308, which keeps method and body). */
  REDIRECT = "redirect",
  /**
   * Serves the API. With certificates, it allows a move from `Tls.none()` without a gap: serve both
   * until the new certificate is active, then redirect.
   */
  SERVE = "serve",
  /** Nothing: port 80 is closed. */
  OFF = "off",
}

/** What port 80 does: as given, or the default for these certificates. */
export function resolvePlainHttp(where: IConstruct, tls: Tls, given: PlainHttp | undefined, whose: string): PlainHttp {
  const plainHttp = given ?? (tls.isNone ? PlainHttp.SERVE : PlainHttp.REDIRECT);
  if (!tls.isNone || plainHttp === PlainHttp.SERVE) return plainHttp;
  throw new ValidationError(where, {
    what: "plainHttp",
    got: plainHttp,
    allowed: `"${PlainHttp.SERVE}" with Tls.none()`,
    fix: `leave plainHttp out, or give ${whose} certificates: Tls.managed([…])`,
  });
}

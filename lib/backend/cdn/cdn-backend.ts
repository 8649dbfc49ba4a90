import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { ValidationError } from "../../core/errors";
import type { BackendKind, IBackend } from "../backend";
import { CdnSignedUrlKey, type SignedUrlKeyOptions } from "./cdn-signed-url-key";
import type { SigningTarget } from "./signing-target";

/** A backend that can use Cloud CDN. */
@checked
export abstract class CdnBackend extends Construct implements IBackend {
  public abstract readonly backendId: string;
  public abstract readonly backendKind?: BackendKind;
  public readonly routeDependables?: ITerraformDependable[];
  /** In order of creation. */
  public readonly signedUrlKeys: CdnSignedUrlKey[] = [];

  /**
   * Adds a key for signed URLs and signed cookies, at most three: one for each phase of a rotation.
   *
   * On a backend service, Cloud CDN checks signatures if present and passes unsigned requests to
   * the service, which must refuse them. With `BucketReaders.SIGNED_URLS`, Cloud Storage refuses
   * them.
   *
   * @throws ValidationError without Cloud CDN, and for a fourth key.
   */
  public addSignedUrlKey(id: string, options: SignedUrlKeyOptions): CdnSignedUrlKey {
    return new CdnSignedUrlKey(this, id, { ...options, backend: this });
  }

  /** @internal */
  public abstract _signingTarget(): SigningTarget;

  /** @internal */
  public _addKey(key: CdnSignedUrlKey): void {
    if (!this._signingTarget().cdn) {
      throw new ValidationError(key, {
        what: "backend",
        got: `${this.node.path}, without Cloud CDN`,
        allowed: "a backend with cdn",
        fix: "set cdn on the backend: signed URLs have no effect without it",
      });
    }
    if (this.signedUrlKeys.length === 3) {
      throw new ValidationError(key, {
        what: "backend",
        got: `a fourth key of ${this.node.path}`,
        allowed: "at most three keys for a backend",
        fix: "remove a key that is no longer used",
      });
    }
    this.signedUrlKeys.push(key);
  }
}

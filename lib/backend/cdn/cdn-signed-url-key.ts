import { ComputeBackendBucketSignedUrlKey } from "@cdktf/provider-google/lib/compute-backend-bucket-signed-url-key";
import { ComputeBackendServiceSignedUrlKey } from "@cdktf/provider-google/lib/compute-backend-service-signed-url-key";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, chosenName } from "../../core/naming";
import { signedUrlKeyValue } from "../../google/backend-service";
import type { ISecret } from "../../project/secret";
import { secretValue } from "../../project/secret-value";
import type { CdnBackend } from "./cdn-backend";

/**
 * The value of a key for signed URLs: 16 random bytes as base64url. Make one with
 * `head -c 16 /dev/urandom | base64 | tr +/ -_`.
 *
 * The value is always in the Terraform state, marked as sensitive: the provider does not accept a
 * reference to a secret.
 */
@checked
export class SignedUrlKeyValue {
  /**
   * An existing Secret Manager version, read when Terraform plans; trailing line breaks are
   * removed. The version must be a number: with `latest`, a new version would replace the key in
   * the next deploy and invalidate every URL already issued.
   */
  public static fromSecret(secret: ISecret): SignedUrlKeyValue {
    return new SignedUrlKeyValue({ secret });
  }

  /**
   * A reference: a sensitive Terraform variable, or the `b64_url` of a `random_id` with 16 bytes.
   */
  public static fromReference(value: string): SignedUrlKeyValue {
    return new SignedUrlKeyValue({ reference: value });
  }

  /** The value itself, in plain text in the source code and the Terraform JSON: for trials only. */
  public static insecureLiteral(value: string): SignedUrlKeyValue {
    return new SignedUrlKeyValue({ literal: value });
  }

  private constructor(private readonly from: { secret?: ISecret; reference?: string; literal?: string }) {}

  /** @internal */
  public _render(where: Construct): string {
    const { secret, reference, literal } = this.from;
    if (secret) {
      if (secret.version === "latest") {
        throw new ValidationError(where, {
          what: "value",
          got: "version latest of a secret",
          allowed: "a numbered version: with latest, a new version would replace the key in the next deploy",
          fix: 'pin it: Secret.fromName(scope, id, name, { version: "1" })',
        });
      }
      return Fn.trimspace(secretValue(where, "Value", secret));
    }
    if (reference !== undefined) {
      if (!Token.isUnresolved(reference)) {
        throw new ValidationError(where, {
          what: "value",
          // Not the value itself, which may be a key.
          got: "a literal",
          allowed: "a reference, for example to a sensitive Terraform variable",
          fix: "use SignedUrlKeyValue.fromSecret, or SignedUrlKeyValue.insecureLiteral if the key may be in the code",
        });
      }
      return reference;
    }
    if (!signedUrlKeyValue.holds(literal)) {
      throw new ValidationError(where, {
        what: "value",
        got: `a text of ${literal!.length} characters`,
        allowed: signedUrlKeyValue.text,
        fix: "make one with: head -c 16 /dev/urandom | base64 | tr +/ -_",
      });
    }
    return literal!;
  }
}

export interface SignedUrlKeyOptions {
  readonly value: SignedUrlKeyValue;
  /** `KeyName` in signed URLs, at most 63 characters. @default generated from the construct path */
  readonly keyName?: string;
}

export interface CdnSignedUrlKeyProps extends SignedUrlKeyOptions {
  /** A backend with Cloud CDN. */
  readonly backend: CdnBackend;
}

/**
 * A key that your own program uses to sign URLs or cookies for Cloud CDN.
 *
 * Nothing changes in place: a new value or name replaces the key, and everything signed with the
 * old one fails at once. To rotate, add a second key, sign with it, and remove the first when its
 * last URL expires.
 */
@checked
export class CdnSignedUrlKey extends Construct {
  /** Set if the backend is a backend service. */
  public readonly serviceKey?: ComputeBackendServiceSignedUrlKey;
  /** Set if the backend is a bucket. */
  public readonly bucketKey?: ComputeBackendBucketSignedUrlKey;
  public readonly keyName: string;

  public constructor(scope: Construct, id: string, props: CdnSignedUrlKeyProps) {
    super(scope, id);
    const { kind, backendName } = props.backend._signingTarget();
    checkPattern(this, "keyName", props.keyName, COMPUTE_NAME.pattern, COMPUTE_NAME.allowed, "respell it");
    this.keyName = chosenName(this, COMPUTE_NAME, props.keyName);
    const common = { name: this.keyName, keyValue: props.value._render(this) };
    if (kind === "service") {
      this.serviceKey = new ComputeBackendServiceSignedUrlKey(this, "Resource", {
        ...common,
        backendService: backendName,
      });
    } else {
      this.bucketKey = new ComputeBackendBucketSignedUrlKey(this, "Resource", {
        ...common,
        backendBucket: backendName,
      });
    }
    props.backend._addKey(this);
  }
}

import { ComputeBackendBucketSignedUrlKey } from "@cdktf/provider-google/lib/compute-backend-bucket-signed-url-key";
import { ComputeBackendServiceSignedUrlKey } from "@cdktf/provider-google/lib/compute-backend-service-signed-url-key";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, chosenName } from "../../core/naming";
import { signedUrlKeyValue } from "../../google/backend-service";
import type { ISecret } from "../../project/secret";
import { secretValue } from "../../project/secret-value";
import type { CdnBackend } from "./cdn-backend";

/**
 * The value of a key for signed URLs: 16 random bytes as base64url. Make one with `head -c 16
 * /dev/urandom | base64 | tr +/ -_`.
 *
 * In every case the value ends in the Terraform state, marked as sensitive, because the provider
 * takes no reference to a secret.
 */
export class SignedUrlKeyValue {
  /**
   * A version of a Secret Manager secret that exists, read when Terraform plans; line breaks at its
   * end are cut off. The version must be a number: with `latest`, a new version would replace the
   * key in the next deploy, and every URL that is out would fail.
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

  /**
   * The value itself. It stands in plain text in the source code and in the Terraform JSON: for
   * trials.
   */
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
          fix: "use SignedUrlKeyValue.fromSecret, or SignedUrlKeyValue.insecureLiteral where the key may stand in the code",
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
  /**
   * What signed URLs carry as `KeyName`, at most 63 characters. @default generated from the
   * construct path
   */
  readonly keyName?: string;
}

export interface CdnSignedUrlKeyProps extends SignedUrlKeyOptions {
  /** A backend with Cloud CDN. */
  readonly backend: CdnBackend;
}

/**
 * A key with which a program of yours signs URLs or cookies, so that Cloud CDN answers them until
 * they expire.
 *
 * Nothing of it changes in place: with another value or name the key is replaced, and what it has
 * signed fails at once. To rotate, add a second key, sign with it, and remove the first when its
 * last URL has expired.
 */
export class CdnSignedUrlKey extends Construct {
  /** Set where the backend is a backend service. */
  public readonly serviceKey?: ComputeBackendServiceSignedUrlKey;
  /** Set where the backend is a bucket. */
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

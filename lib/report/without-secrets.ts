import { isExpression } from "../language/reference";
import { looksSecret } from "../language/secret-text";
import { isBlock } from "../topology/document";

/** Names whose text no page shows. */
const CONFIDENTIAL = /password|passwd|private_key|secret_data|client_secret|key_value|sensitive_labels|(^|_)token$/;
const NOT_SHOWN = "(not shown)";

/** A value without what is secret in it; references say no secret. */
export function withoutSecrets(name: string, value: unknown): unknown {
  if (typeof value === "string")
    return !isExpression(value) && (CONFIDENTIAL.test(name) || looksSecret("", value)) ? NOT_SHOWN : value;
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(name, each));
  if (!isBlock(value)) return value;
  const isSecretPair =
    typeof value.name === "string" &&
    typeof value.value === "string" &&
    !isExpression(value.value) &&
    looksSecret(value.name, value.value);
  const entries = Object.entries(value).map(([key, each]) => {
    const isSecret =
      (isSecretPair && key === "value") ||
      (typeof each === "string" && !isExpression(each) && looksSecret(key, each)) ||
      CONFIDENTIAL.test(name);
    return [key, isSecret && typeof each === "string" ? NOT_SHOWN : withoutSecrets(key, each)];
  });
  return Object.fromEntries(entries);
}

/** Names that hold a secret whatever their value is. */
const SECRET_NAME =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|PWD_HASH|CLIENT_SECRET|SECRET|SECRET_KEY|API_?KEY|APIKEY|PRIVATE_KEY|ACCESS_KEY|ACCESS_TOKEN|AUTH_TOKEN|BEARER_TOKEN|REFRESH_TOKEN|HF_TOKEN|GITHUB_TOKEN|CREDENTIALS?)$/i;
/** Names that may hold one: the value has to look like it. */
const MAYBE_NAME = /(^|_)(KEY|TOKEN|AUTH|SIGNATURE|SALT)$/i;
/** What says that there is no secret. */
const HARMLESS =
  /^$|^\d+$|^(true|false|none|null|disabled|enabled|unused|empty)$|^[./~]|^projects\/|^(https?|gs):\/\/[^@]*$|placeholder|change-?me|example|dummy|your[-_]|<[^>]*>|^x+$|^\*+$/i;
/**
 * Formats of well-known secrets: keys of Google, OpenAI, Anthropic, AWS, Hugging Face, GitHub,
 * Slack, Stripe; PEM; passwords in URLs.
 */
const SECRET_VALUE =
  /^AIza[\w-]{35}$|^sk-[\w-]{20,}$|^AKIA[0-9A-Z]{16}$|^hf_[A-Za-z0-9]{30,}$|^gh[pousr]_[A-Za-z0-9]{36,}$|^xox[abprs]-[\w-]{10,}$|^[sr]k_live_[A-Za-z0-9]{20,}$|-----BEGIN [A-Z ]*PRIVATE KEY-----|^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s:@$]+@|"private_key"\s*:/;

/**
 * Whether a text under this name is probably a secret. With an empty name, only what has the format
 * of a well-known one is.
 */
export function looksSecret(name: string, value: string): boolean {
  if (SECRET_VALUE.test(value)) return true;
  if (isHarmless(value)) return false;
  const key = name.replaceAll("-", "_");
  if (SECRET_NAME.test(key)) return true;
  return MAYBE_NAME.test(key) && value.length >= 16 && /\d/.test(value) && /[A-Za-z]/.test(value) && !/\s/.test(value);
}

/** Whether a text is a placeholder, a path, a number or the like. */
export function isHarmless(value: string): boolean {
  return HARMLESS.test(value);
}

/**
 * For Docker's HEALTHCHECK, in an image without curl. Cloud Run and load balancers ask /readyz
 * themselves.
 */
const answer = await fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`, {
  signal: AbortSignal.timeout(2000),
});
process.exit(answer.ok ? 0 : 1);

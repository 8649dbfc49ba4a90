import { cpus } from "node:os";
import { runLoad } from "../../cli/preview/load";
import { percentile } from "../../lib/preview/drill";
import { print, start } from "./running-support";

/** A minute where PREVIEW_FULL_MINUTE is set. */
const SECONDS = process.env.PREVIEW_FULL_MINUTE ? 60 : 8;
const PER_SECOND = 1000;

test(`answers ${PER_SECOND} requests a second for ${SECONDS} s without an error`, async () => {
  const preview = await start();
  try {
    const load = { perSecond: PER_SECOND, path: "/v1/models", method: "GET", headers: {}, timeoutSeconds: 10 };
    // Connections of a client that has been there for a moment.
    await runLoad({ ...load, perSecond: 500, seconds: 2 }, preview.loadTarget());
    const [before, begin] = [process.cpuUsage(), performance.now()];
    const outcomes = await runLoad({ ...load, seconds: SECONDS }, preview.loadTarget());
    const seconds = (performance.now() - begin) / 1000;
    const { user, system } = process.cpuUsage(before);
    const ms = outcomes.map((each) => each.ms);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(ms, share).toFixed(1));
    print(
      `${outcomes.length} requests in ${seconds.toFixed(1)} s on ${cpus().length} cores; half below ${p50} ms, 95% ${p95} ms, 99% ${p99} ms; ` +
        `client and regions together used ${((user + system) / 1e6 / seconds).toFixed(2)} cores`,
    );
    expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    expect(outcomes).toHaveLength(PER_SECOND * SECONDS);
    // Client, regions and the way between them: two cores have room for that and for Envoy.
    expect((user + system) / 1000 / outcomes.length).toBeLessThan(1);
  } finally {
    await preview.stop();
  }
});

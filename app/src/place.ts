/** Where the process runs. */
export interface Place {
  readonly region: string | undefined;
  readonly project: string | undefined;
}

/**
 * Region and project, as far as they are not known, from Google Cloud's metadata server. Cloud Run
 * names the region, Compute Engine the zone. Anywhere else they stay unknown.
 */
export async function findPlace(known: Place, host = "metadata.google.internal", timeoutMs = 1000): Promise<Place> {
  const ask = async (path: string): Promise<string | undefined> => {
    try {
      const answer = await fetch(`http://${host}/computeMetadata/v1/${path}`, {
        headers: { "Metadata-Flavor": "Google" },
        signal: AbortSignal.timeout(timeoutMs),
      });
      return answer.ok ? (await answer.text()).trim() : undefined;
    } catch {
      return undefined;
    }
  };
  const [region, zone, project] = await Promise.all([
    known.region ?? ask("instance/region"),
    known.region === undefined ? ask("instance/zone") : undefined,
    known.project ?? ask("project/project-id"),
  ]);
  // projects/NUMBER/regions/REGION; projects/NUMBER/zones/ZONE
  return { region: lastPart(region) ?? lastPart(zone)?.replace(/-[a-z]$/, ""), project };
}

function lastPart(path: string | undefined): string | undefined {
  return path?.split("/").at(-1) || undefined;
}

// Loaded by stacks that build, and only then: see `dockerResources` in docker-engine.ts.
export { Image } from "@cdktf/provider-docker/lib/image";
export { DockerProvider } from "@cdktf/provider-docker/lib/provider";
export { RegistryImage } from "@cdktf/provider-docker/lib/registry-image";
export { Tag } from "@cdktf/provider-docker/lib/tag";
export { DataGoogleArtifactRegistryDockerImages } from "@cdktf/provider-google/lib/data-google-artifact-registry-docker-images";
export { DataGoogleClientConfig } from "@cdktf/provider-google/lib/data-google-client-config";

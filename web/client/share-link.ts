/** Where this page shows a resource. */
export const openUrl = (resource: string): string => `open?resource=${encodeURIComponent(resource)}`;

/** The resource behind pasted text: a share link of any viewer, or the resource's own address. */
export function resourceOf(pasted: FormDataEntryValue | null): string | undefined {
  if (typeof pasted !== 'string' || !URL.canParse(pasted.trim())) return undefined;
  const url = new URL(pasted.trim());
  const resource = url.searchParams.get('resource') ?? url.href;
  return /^https?:/.test(resource) && URL.canParse(resource) ? resource : undefined;
}

/** Where others find a room: without whatever this page's own address carries besides. */
export const roomAddress = (eventId: string): string =>
  new URL(`/events/${encodeURIComponent(eventId)}`, window.location.origin).href

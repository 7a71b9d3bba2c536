/** What people know the client by. */
export const BRAND = 'Pulse Viewer';

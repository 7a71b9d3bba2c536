/** What the album, its authorization server and the viewer have in common when they are tried out on one machine. */
export const DEMO = {
  url: `http://localhost:${process.env.PORT ?? '3000'}`,
  album: { clientId: 'photo-album', clientSecret: 'the secret of the photo album' },
  viewer: { clientId: 'photo-viewer', clientSecret: 'the secret of the photo viewer' },
} as const;

export const DEMO_ISSUER = `${DEMO.url}/as`;

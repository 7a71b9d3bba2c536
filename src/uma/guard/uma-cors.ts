/**
 * Cross-origin settings under which a browser's client can use protected resources: it may send a token, read the
 * challenge, and no cookie ever travels. For `app.enableCors(UMA_CORS)`, which also answers preflight requests
 * (`OPTIONS`) before any guard.
 */
export const UMA_CORS = {
  origin: '*',
  credentials: false,
  methods: ['GET', 'HEAD'],
  allowedHeaders: ['Authorization', 'DPoP', 'Traceparent'],
  exposedHeaders: ['WWW-Authenticate', 'Warning'],
  maxAge: 600,
};

import { callsIn } from './calls.js';

const METRICS = `# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.005",method="POST",route="/introspect",status="200"} 6
http_request_duration_seconds_count{method="POST",route="/introspect",status="200"} 7
http_request_duration_seconds_count{method="POST",route="/token",status="400"} 2
http_request_duration_seconds_count{method="GET",route="/metrics",status="200"} 50
nodejs_eventloop_lag_seconds 0.1
`;

it('counts the calls of all routes but that of the metrics', () => {
  expect(callsIn(METRICS)).toBe(9);
});

it('counts none where there are none', () => {
  expect(callsIn('')).toBe(0);
});

"""Show when each person of a take is seen, in a lane for each under the timeline."""

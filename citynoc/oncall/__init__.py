"""From `oncall.yml` to the files that Alertmanager reads: routes, receivers, messages in two languages."""

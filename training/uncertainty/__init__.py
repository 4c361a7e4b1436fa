"""Train and measure the network of standard errors, `pipeline.lift.uncertainty`."""

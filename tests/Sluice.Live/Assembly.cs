using Xunit;

// Each test has networks and a gateway of its own; one after the other they also have the processor.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

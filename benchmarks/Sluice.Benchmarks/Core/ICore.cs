using Sluice.Packets;

namespace Sluice.Benchmarks.Core;

/// <summary>One way to take established packets through the session core. One call a vector: its cost is nothing.</summary>
internal unsafe interface ICore
{
    /// <summary>The row's kind: core, c, naive, touch.</summary>
    string Kind { get; }

    /// <summary>Processes a vector in place and returns how many packets were forwarded.</summary>
    int Process(Packet* packets, int count);
}

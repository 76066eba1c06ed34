using Xunit;

namespace Sluice.Packets.Tests;

internal static class Dropped
{
    /// <summary>Asserts that the parser refused the packet, and why.</summary>
    public static void For(DropReason reason, Packet packet)
    {
        Assert.Equal(reason, packet.Reason);
        Assert.Equal(PacketKind.Bad, packet.Kind);
        Assert.Equal(Verdict.Drop, packet.Verdict);
    }
}

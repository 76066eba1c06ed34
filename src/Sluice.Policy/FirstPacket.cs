using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>A packet without session, as the policy sees it: no bytes, only what the parser found.</summary>
public struct FirstPacket
{
    /// <summary>The realm it came from.</summary>
    public ushort Realm;

    /// <summary>The link it came in by; where <see cref="GatewayPolicy.Leave"/> is asked, as <see cref="GatewayPolicy.Links"/> numbers it.</summary>
    public ushort Link;

    /// <summary>The IP protocol.</summary>
    public byte Protocol;

    /// <summary>TCP's flag byte; of SCTP what its first chunk says, as TCP's flags would; else 0.</summary>
    public byte TcpFlags;

    /// <summary>Whether it has ports (or an ICMP query identifier).</summary>
    public bool HasPorts;

    /// <summary>Whether it is an ICMP error: access lists don't judge it but what it quotes, see <see cref="GatewayPolicy.Judge"/>.</summary>
    public bool IsError;

    /// <summary>Source address.</summary>
    public IpAddress Source;

    /// <summary>Destination address.</summary>
    public IpAddress Destination;

    /// <summary>Source port in host order; an ICMP query identifier counts as <c>FlowKey4</c> says.</summary>
    public ushort SourcePort;

    /// <summary>Destination port in host order.</summary>
    public ushort DestinationPort;

    /// <summary>See <see cref="MayBegin"/>.</summary>
    public readonly bool Begins => MayBegin(Protocol, TcpFlags);

    /// <summary>Whether a packet without session may begin one: a SYN alone; of SCTP an INIT, or what an established association sends on a further path. What ends or answers begins nothing.</summary>
    public static bool MayBegin(byte protocol, byte tcpFlags)
    {
        const byte Telling = TcpFlag.Syn | TcpFlag.Ack | TcpFlag.Rst | TcpFlag.Fin;
        int told = tcpFlags & Telling;
        return protocol switch
        {
            IpProtocol.Tcp => told == TcpFlag.Syn,
            IpProtocol.Sctp => told is TcpFlag.Syn or TcpFlag.Ack,
            _ => true,
        };
    }

    /// <summary>A packet of a tuple that a session remembers.</summary>
    public static FirstPacket Of(in FlowParts parts) => new()
    {
        Realm = parts.Realm,
        Protocol = parts.Protocol,
        HasPorts = true,
        Source = parts.Source,
        Destination = parts.Destination,
        SourcePort = parts.SourcePort,
        DestinationPort = parts.DestinationPort,
    };
}

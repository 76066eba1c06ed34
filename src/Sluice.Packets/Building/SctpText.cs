using System.Globalization;
using System.Text;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Building;

/// <summary>The words for an SCTP packet's first chunk: <c>sctp init tag 0 itag 7 len 0 ttl 64</c>. Chunks without a name are their number.</summary>
public static unsafe class SctpText
{
    private static readonly Dictionary<string, byte> Names = new()
    {
        ["data"] = SctpChunk.Data,
        ["init"] = SctpChunk.Init,
        ["init-ack"] = SctpChunk.InitAck,
        ["heartbeat"] = SctpChunk.Heartbeat,
        ["abort"] = SctpChunk.Abort,
        ["shutdown-ack"] = SctpChunk.ShutdownAck,
        ["cookie-echo"] = SctpChunk.CookieEcho,
        ["cookie-ack"] = SctpChunk.CookieAck,
        ["shutdown-complete"] = SctpChunk.ShutdownComplete,
    };

    /// <summary>The chunk type of a word that <see cref="PacketText"/> prints.</summary>
    public static byte ChunkOf(string word) => Names.TryGetValue(word, out byte type) ? type : byte.Parse(word, CultureInfo.InvariantCulture);

    /// <summary>Appends the words for a parsed packet.</summary>
    internal static void Append(StringBuilder line, Packet* packet)
    {
        if (packet->TransportLength < SctpHeader.Bytes + SctpChunkHeader.Bytes)
        {
            PacketText.Append(line, $" sctp without chunk tag {packet->Sctp->VerificationTag} ttl {packet->Ttl}");
            return;
        }

        SctpChunkHeader* chunk = packet->SctpChunk;
        byte type = chunk->Type;
        bool isInit = type is SctpChunk.Init or SctpChunk.InitAck;
        string name = Names.FirstOrDefault(pair => pair.Value == type).Key ?? type.ToString(CultureInfo.InvariantCulture);
        PacketText.Append(line, $" sctp {name} tag {packet->Sctp->VerificationTag}");
        if (isInit) PacketText.Append(line, $" itag {chunk->InitiateTag}");
        PacketText.Append(line, $" len {chunk->Length.Value - (isInit ? SctpChunkHeader.InitBytes : SctpChunkHeader.Bytes)} ttl {packet->Ttl}");
    }
}

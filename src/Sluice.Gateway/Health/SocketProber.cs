using System.Net;
using System.Net.Sockets;
using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Health;

/// <summary>Asks backends by the kernel's sockets.</summary>
/// <remarks>Sockets are made by the thread that asks, in its network namespace; what follows is done by others, which wait for nothing.</remarks>
/// <param name="path">The way to an address of a realm.</param>
/// <param name="post">Brings an answer to the thread that asked.</param>
/// <param name="random">Identifiers of echo requests.</param>
public sealed class SocketProber(Func<ushort, IpAddress, ProbePath> path, Action<Action> post, Random random) : IProber
{
    /// <inheritdoc/>
    public void Begin(in ProbeRequest request, Action<ProbeResult> done)
    {
        ProbePath way = path(request.Realm, request.Address);
        if (way.Obstacle is { } obstacle) done(obstacle);
        else _ = Tell(ResultOf(request, way), done);
    }

    private async Task Tell(Task<ProbeResult> asking, Action<ProbeResult> done)
    {
        ProbeResult result = await asking.ConfigureAwait(false);
        try
        {
            post(() => done(result));
        }
        catch (ObjectDisposedException)
        {
            // The gateway has ended meanwhile: nobody waits for the answer.
        }
    }

    private async Task<ProbeResult> ResultOf(ProbeRequest request, ProbePath way)
    {
        HealthSpec health = request.Health;
        var to = new IPEndPoint(request.Address.ToIPAddress(), request.Port);
        using var patience = new ProbePatience(health.Timeout, TimeProvider.System);
        try
        {
            return await (health.Check switch
            {
                HealthCheckKind.Tcp => TcpProbe.Ask(way, to, patience.Begin()),
                HealthCheckKind.Http => HttpProbe.Ask(way, to, health, patience.Begin()),
                HealthCheckKind.Udp => UdpProbe.Ask(way, to, health, patience),
                _ => EchoProbe.Ask(way, to.Address, (ushort)random.Next(1 << 16), patience),
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ProbeResult.Failed($"no answer within {Durations.Show(health.Timeout)}");
        }
        catch (SocketException e)
        {
            return ResultOf(e);
        }
    }

    // What only the gateway itself can be blamed for says nothing about a backend.
    private static ProbeResult ResultOf(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => ProbeResult.Failed("the port is closed"),
        SocketError.ConnectionReset => ProbeResult.Failed("the connection was reset"),
        SocketError.HostUnreachable or SocketError.HostDown => ProbeResult.Failed("the host can't be reached"),
        SocketError.NetworkUnreachable => ProbeResult.Failed("the kernel has no route to it"),
        SocketError.TimedOut => ProbeResult.Failed("no answer"),
        SocketError.AccessDenied => ProbeResult.Impossible("the kernel doesn't permit it"),
        _ => ProbeResult.Impossible(e.Message),
    };
}

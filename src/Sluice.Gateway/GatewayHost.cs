using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sluice.Config;
using Sluice.Gateway.Control;
using Sluice.Gateway.Live;
using Sluice.Links;

namespace Sluice.Gateway;

/// <summary>A gateway's life in the foreground: load, open, start; reload; stop.</summary>
public sealed class GatewayHost : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly GatewayOptions options;
    private readonly GatewayLog log;
    private readonly BlockingCollection<Request> requests = [];
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly FileWatch watch;

    private GatewayHost(GatewayOptions options, GatewayLog log)
    {
        this.options = options;
        this.log = log;
        watch = new FileWatch(options.Files);
        Hear(PosixSignal.SIGINT, Request.Stop);
        Hear(PosixSignal.SIGTERM, Request.Stop);
        Hear(PosixSignal.SIGHUP, Request.Reload);
    }

    private enum Request
    {
        Stop,
        Reload,
    }

    /// <summary>Runs a gateway until it is asked to stop.</summary>
    public static GatewayEnd Run(GatewayOptions options, GatewayLog log)
    {
        using var host = new GatewayHost(options, log);
        ConfigTexts texts = ConfigTexts.Read(options.Files);
        LoadResult loaded = ConfigLoader.Load(texts, options.Kinds);
        foreach (ConfigError problem in loaded.Problems) log.Problem(problem.ToString());
        return loaded.Set is { } config ? host.Run(config, texts) : GatewayEnd.BadConfiguration;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals) signal.Dispose();
        requests.Dispose();
    }

    private GatewayEnd Run(ConfigSet config, ConfigTexts texts)
    {
        if (config.Gateway.Links.IsEmpty)
        {
            log.Error("the configuration has no links, so there is nothing to run: a document of kind Gateway lists them");
            return GatewayEnd.BadConfiguration;
        }

        try
        {
            using var gateway = new LiveGateway(config, log);
            using ControlSocket socket = ControlSocket.Open(
                options.Socket ?? config.Gateway.ApiSocket ?? ControlSocket.DefaultPath, new ControlHandler(gateway.Inspector, gateway.Reloader, gateway.Explainer, gateway.Desk, gateway.Commands));
            gateway.Start(config, texts);
            log.Info($"running with {config.Gateway.Links.Length} links; 'sluice show sessions --socket {socket.Path}' shows what passes");
            return Serve(gateway);
        }
        catch (Exception e) when (e is LinkException or ControlException)
        {
            log.Error(e.Message);
            return GatewayEnd.Failed;
        }
    }

    private GatewayEnd Serve(LiveGateway gateway)
    {
        while (true)
        {
            if (requests.TryTake(out Request request, Interval))
            {
                if (request == Request.Stop) break;
                watch.Reset();
                Reload(gateway);
            }
            else if (gateway.Failure is { } failure)
            {
                log.Error(failure);
                return GatewayEnd.Failed;
            }
            else if (options.Watch && watch.HasChanged())
            {
                Reload(gateway);
            }
        }

        log.Info("stopping");
        return GatewayEnd.Stopped;
    }

    private void Reload(LiveGateway gateway)
    {
        try
        {
            gateway.Reloader.Reread(ConfigTexts.Read(options.Files), "its files");
        }
        catch (LinkException)
        {
            // The reloader has said so in the log; the old configuration stays in force.
        }
    }

    private void Hear(PosixSignal signal, Request request) => signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        try
        {
            requests.Add(request);
        }
        catch (ObjectDisposedException)
        {
            // A signal that was under way while the gateway ended: there is nobody left to be asked.
        }
    }));
}

using Sluice.Gateway.Views;

namespace Sluice.Gateway.Control;

/// <summary>Does Cloud NAT commands in a running gateway. Called from any thread.</summary>
public interface ICommandDesk
{
    /// <summary>Does commands, one a line: all of them, or none where one is wrong. Questions are answered when the changes are in force.</summary>
    /// <exception cref="Sluice.Links.LinkException">A link can't be opened; the configuration before stays in force.</exception>
    CommandsView Run(string commands);
}
